// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {className, mostConfused, type Confusion} from '../confusion.js';
import {formatPercentValue} from '../format.js';
import type {SeriesStyle} from '../palette.js';
import {operatorKey, scrollable} from './elements.js';
import type {Counter} from './figure.js';
import {html, type Markup} from './markup.js';

const PAIRS = 15;

function groupOf({classGroups = []}: Confusion, label: number): string | undefined {
  return classGroups.find(({classes}) => classes.includes(label))?.name;
}

/** The pairs that are confused most often, with the share of each series; nothing where no image was taken for another. */
export function confusedPairs(
  confusions: readonly Confusion[],
  styles: readonly SeriesStyle[],
  tables: Counter,
  where: string,
): Markup {
  const [first] = confusions;
  const pairs = mostConfused(confusions, PAIRS);
  if (first === undefined || pairs.length === 0) return null;
  const hasGroups = first.classGroups !== undefined;
  const group = (label: number, predicted: number): VNode => {
    const [own, other] = [groupOf(first, label), groupOf(first, predicted)];
    return html`<td>${own === other ? className(own) : `${className(own)} → ${className(other)}`}</td>`;
  };
  return scrollable(
    'Most confused classes',
    html`<table class="pairs">
      <caption>
        Table ${tables.next()}. The classes that ${where} confuses most often, by the mean over the columns.
      </caption>
      <thead>
        <tr>
          <th scope="col">True class</th>
          <th scope="col">Taken for</th>
          ${confusions.map(
            ({series}) =>
              html`<th scope="col" class="number">
                ${operatorKey(series, styles)}${series}<small>% of the class</small>
              </th>`,
          )}
          ${hasGroups ? html`<th scope="col">Superclasses</th>` : null}
        </tr>
      </thead>
      <tbody>
        ${pairs.map(
          ({label, predicted, shares}) =>
            html`<tr>
              <th scope="row">${className(first.classNames[label])}</th>
              <td>${className(first.classNames[predicted])}</td>
              ${shares.map((share) => html`<td class="number">${formatPercentValue(share, 1)}</td>`)}
              ${hasGroups ? group(label, predicted) : null}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
