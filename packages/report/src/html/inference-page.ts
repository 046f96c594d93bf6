// SPDX-License-Identifier: Apache-2.0
import type {InferenceSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {inferenceSpeedChart} from '../charts/inference-speed.js';
import {layerTimesChart} from '../charts/layer-times.js';
import {rooflineChart} from '../charts/roofline.js';
import {costedArchitectures} from '../costed-models.js';
import {formatDuration, formatTime} from '../format.js';
import {measuredPoints, operatorsOf, placesOf, type Place} from '../inference-results.js';
import {inferenceSentences, inferenceTitle, placeName, ROOF_METHOD, TIMES_METHOD} from '../inference-text.js';
import {seriesStyles, type SeriesStyle} from '../palette.js';
import {costsSection} from './costs-section.js';
import {Counter, figure} from './figure.js';
import {layerTimesTable, modelTimesTable, timesByKindTable} from './inference-tables.js';
import {html, type Markup} from './markup.js';
import {appendix, notesSection, renderShell} from './shell.js';

interface Context {
  readonly baseline: string;
  readonly styles: readonly SeriesStyle[];
  readonly figures: Counter;
}

async function speedFigures(places: readonly Place[], {styles, figures}: Context): Promise<readonly VNode[]> {
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

async function layerFigures(place: Place, {styles, figures}: Context): Promise<readonly VNode[]> {
  const drawn: VNode[] = [];
  for (const results of place.batches) {
    const chart = layerTimesChart(place, results, styles);
    if (chart === undefined) continue;
    const caption = `Times of the layers with an operator at batch ${results.batch}; ×: how many of the network’s layers are alike.`;
    drawn.push(await figure(chart, figures.next(), caption));
  }
  return drawn;
}

async function rooflines(place: Place, {styles, figures}: Context): Promise<readonly VNode[]> {
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

async function layersSection(places: readonly Place[], tables: Counter, context: Context): Promise<Markup> {
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
  return html`<section aria-labelledby="layers-heading">
    <h2 id="layers-heading">Layer by layer, under the roofs</h2>
    ${hasTimes ? timesByKindTable(measured, context.styles, tables.next()) : null}
    <p class="foot">${ROOF_METHOD}</p>
    ${parts}
  </section>`;
}

/** The whole document of an experiment that measured inference. The same summary gives the same bytes. */
export async function renderInferencePage(summary: InferenceSummary): Promise<string> {
  const places = placesOf(summary);
  const operators = operatorsOf(summary);
  const [baseline = ''] = operators;
  const title = inferenceTitle(summary, places);
  const [figures, tables] = [new Counter(), new Counter()];
  const context: Context = {baseline, styles: seriesStyles(operators), figures};
  const {name, description, startedAt, seconds, status} = summary;
  const sentences = inferenceSentences(places);
  const speed = await speedFigures(places, context);
  return renderShell({
    title,
    name,
    header: html`<h1>${title}</h1>
      <p class="meta">
        Experiment <code>${name}</code> · started ${formatTime(startedAt)} · ${formatDuration(seconds)}
        ${status === 'finished' ? null : html` · <span class="bad">${status}</span>`}
      </p>
      ${description === '' ? null : html`<p class="description">${description}</p>`}`,
    main: html`<section aria-labelledby="results-heading">
        <h2 id="results-heading">Results</h2>
        ${
          sentences.length === 0
            ? html`<p>The experiment was stopped before its first comparison.</p>`
            : html`<ul>
                ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
              </ul>`
        }
        ${notesSection(summary.notes)}
        ${
          sentences.length === 0
            ? null
            : html`${modelTimesTable(places, baseline, context.styles, tables.next())}
                <p class="foot">${TIMES_METHOD}</p>
                ${speed}`
        }
      </section>
      ${await layersSection(places, tables, context)}
      ${await costsSection({
        architectures: costedArchitectures(summary.models, operators),
        styles: context.styles,
        figures,
        tables,
      })}
      ${appendix(summary)}`,
  });
}
