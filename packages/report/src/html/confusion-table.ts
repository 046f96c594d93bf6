// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {className, shareOf, type Confusion} from '../confusion.js';
import {formatFixed, formatPercent} from '../format.js';
import {scrollable} from './elements.js';
import {html} from './markup.js';

/** Above them a cell's text has the colour of the page, on paper and on a dark screen: where that has the higher contrast. */
const [FULL_ON_PAPER, FULL_ON_DARK] = [0.65, 0.45];

export interface ConfusionTableOptions {
  readonly confusion: Confusion;
  readonly caption: string;
  /** 'class' or 'superclass'. */
  readonly what: string;
}

function cell(confusion: Confusion, label: number, predicted: number): VNode {
  const share = shareOf(confusion, label, predicted);
  const count = confusion.counts[label]?.[predicted] ?? 0;
  const [from, to] = [label, predicted].map((index) => className(confusion.classNames[index]));
  const rounded = formatFixed(share * 100, 0);
  return html`<td
    class=${share > FULL_ON_PAPER ? 'heat full' : share > FULL_ON_DARK ? 'heat half' : 'heat'}
    style=${`--share:${share.toFixed(3)}`}
    title=${`${from ?? ''} taken for ${to ?? ''}: ${count} of ${confusion.totals[label] ?? 0} (${formatPercent(share, 1)})`}
  >
    ${rounded === '0' ? '' : rounded}
  </td>`;
}

/** A confusion matrix of few classes as a table with shaded cells: rows are the true classes. */
export function confusionTable({confusion, caption, what}: ConfusionTableOptions): VNode {
  const names = confusion.classNames.map(className);
  return scrollable(
    caption,
    html`<table class="confusion">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">True ${what}</th>
          ${names.map((name) => html`<th scope="col" class="turned"><span>${name}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name, label) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${names.map((_, predicted) => cell(confusion, label, predicted))}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
