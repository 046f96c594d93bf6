// SPDX-License-Identifier: Apache-2.0
import type {Provenance} from '@addernet/plugin';
import type {VNode} from 'preact';
import type {SeriesStyle} from '../palette.js';
import {kindWords, type RunData} from '../provenance.js';
import {html, type Markup} from './markup.js';

/** A wide table's frame: scrolls by itself on a narrow screen, with the keyboard too. */
export function scrollable(label: string, content: Markup): VNode {
  return html`<div class="scroll" role="region" aria-label=${label} tabindex="0">${content}</div>`;
}

/** The dot by which a table row is found in the charts. */
export function operatorKey(name: string, styles: readonly SeriesStyle[]): Markup {
  const style = styles.find((candidate) => candidate.name === name);
  return style
    ? html`<svg class="chart key" viewBox="0 0 10 10" aria-hidden="true">
        <circle cx="5" cy="5" r="5" fill=${style.color} />
      </svg>`
    : null;
}

function splitLabel({label, kind}: Provenance): Markup {
  return html`${label} ${kind === 'official' ? null : html`<span class="mark">${kindWords(kind)}</span>`}`;
}

/** `dataLabel` for the page: the kind of data that is not official as a mark behind its label. */
export function dataLabelMarkup({trainData, testData}: Pick<RunData, 'trainData' | 'testData'>): Markup {
  return trainData.label === testData.label && trainData.kind === testData.kind
    ? splitLabel(trainData)
    : html`${splitLabel(trainData)} for training, ${splitLabel(testData)} for test`;
}
