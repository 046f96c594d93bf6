// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {inferenceSpeedChart} from '../charts/inference-speed.js';
import {layerTimesChart} from '../charts/layer-times.js';
import {rooflineChart} from '../charts/roofline.js';
import {measuredPoints, type Place} from '../inference-results.js';
import {placeName, ROOF_METHOD} from '../inference-text.js';
import type {SeriesStyle} from '../palette.js';
import {figure, type Counter} from './figure.js';
import {layerTimesTable, timesByKindTable} from './inference-tables.js';
import {html, type Markup} from './markup.js';

/** What tables and figures of times have in common. */
export interface InferenceContext {
  /** What ratios are over. */
  readonly baseline: string;
  readonly styles: readonly SeriesStyle[];
  readonly figures: Counter;
  readonly tables: Counter;
}

/** Throughput of every architecture and backend. */
export async function speedFigures(
  places: readonly Place[],
  {styles, figures}: InferenceContext,
): Promise<readonly VNode[]> {
  const drawn: VNode[] = [];
  for (const place of places) {
    const chart = inferenceSpeedChart(place, styles);
    if (chart === undefined) continue;
    drawn.push(
      await figure(
        chart,
        figures.next(),
        `Throughput of ${placeName(place)}, in brackets the time of a call with the whole batch. Pale bars: as trained; full bars: fused.`,
      ),
    );
  }
  return drawn;
}

async function layerFigures(place: Place, {styles, figures}: InferenceContext): Promise<readonly VNode[]> {
  const drawn: VNode[] = [];
  for (const results of place.batches) {
    const chart = layerTimesChart(place, results, styles);
    if (chart === undefined) continue;
    const caption = `Times of the layers with an operator at batch ${results.batch}; ×: how many of the network’s layers are alike.`;
    drawn.push(await figure(chart, figures.next(), caption));
  }
  return drawn;
}

async function rooflines(place: Place, {styles, figures}: InferenceContext): Promise<readonly VNode[]> {
  const {machine, batches} = place;
  if (machine === undefined) return [];
  const drawn: VNode[] = [];
  for (const {batch, layers} of batches) {
    const chart = rooflineChart({
      title: `Roofline, ${placeName(place)}, batch ${batch}`,
      subtitle: 'float32; measured layers, hollow as trained, filled fused',
      machine,
      points: measuredPoints(layers),
      rates: 'measured',
      styles,
    });
    if (chart === undefined) continue;
    const caption = `Measured rates of the layers at batch ${batch}. Hollow: as trained; filled: fused. Roofs: ${machine.source}.`;
    drawn.push(await figure(chart, figures.next(), caption));
  }
  return drawn;
}

/** Every layer by itself: times, rooflines, tables; nothing where no layer was measured. */
export async function layerTimesSection(
  places: readonly Place[],
  {id, title}: {readonly id: string; readonly title: string},
  context: InferenceContext,
): Promise<Markup> {
  const measured = places.filter(({batches}) => batches.some(({layers}) => layers.length > 0));
  if (measured.length === 0) return null;
  const parts: VNode[] = [];
  for (const place of measured) {
    const times = await layerFigures(place, context);
    const roofs = await rooflines(place, context);
    parts.push(
      html`<div>
        <h3>${placeName(place)}</h3>
        ${times} ${roofs.length === 0 ? null : html`<div class="figures">${roofs}</div>`}
        ${place.batches.map((results) => layerTimesTable(place, results, context.baseline, context.styles))}
      </div>`,
    );
  }
  const hasTimes = measured.some(({batches}) => batches.some(({times}) => times.length > 0));
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${hasTimes ? timesByKindTable(measured, context.styles, context.tables.next()) : null}
    <p class="foot">${ROOF_METHOD}</p>
    ${parts}
  </section>`;
}
