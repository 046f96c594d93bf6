// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {featureFigures} from '../feature-figures.js';
import {figure, type Counter} from './figure.js';
import {html, type Markup} from './markup.js';

/** Pictures of the runs' features; nothing where there are none. */
export async function featuresSection(runs: readonly RunSummary[], counter: Counter): Promise<Markup> {
  const figures: VNode[] = [];
  for (const {chart, caption} of featureFigures(runs)) figures.push(await figure(chart, counter.next(), caption));
  return figures.length === 0
    ? null
    : html`<section aria-labelledby="features-heading">
        <h2 id="features-heading">Features</h2>
        ${figures.length === 1 ? figures : html`<div class="figures">${figures}</div>`}
      </section>`;
}
