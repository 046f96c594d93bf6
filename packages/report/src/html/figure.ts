// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {renderSvg, type Chart} from '../charts/render-svg.js';
import {html} from './markup.js';

/** Gives figures or tables their numbers, in the order in which they stand. */
export class Counter {
  private count = 0;

  next(): number {
    this.count += 1;
    return this.count;
  }
}

export async function figure(chart: Chart, number: number, caption: string): Promise<VNode> {
  const svg = await renderSvg(chart, `figure-${number}`);
  return html`<figure>
    ${svg}
    <figcaption>Figure ${number}. ${caption}</figcaption>
  </figure>`;
}
