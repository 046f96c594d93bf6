// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {gradientNormsChart} from '../charts/gradient-norms.js';
import {betterFit, weightHistograms} from '../charts/weight-histograms.js';
import type {RecordsByRun} from '../confusion.js';
import {filterImage} from '../filter-image.js';
import {epochCount, formatSignificant} from '../format.js';
import {
  gradientRatio,
  gradientsOf,
  lastFilters,
  lastWeights,
  layeredRuns,
  ownLayers,
  type LayeredRun,
} from '../layer-data.js';
import type {SeriesStyle} from '../palette.js';
import {pngDataUri} from '../png.js';
import {dataLabel} from '../provenance.js';
import type {Results, Setting} from '../results.js';
import {figure, type Counter} from './figure.js';
import {gradientTable, weightTable} from './layer-tables.js';
import {html, type Markup} from './markup.js';

export interface LayersOptions {
  readonly results: Results;
  readonly records: RecordsByRun;
  readonly styles: readonly SeriesStyle[];
  readonly figures: Counter;
  readonly tables: Counter;
}

/** Histograms in a figure. */
const PANELS = 6;
/** Pixels of the page for a pixel of a filter. */
const FILTER_SCALE = 10;

/** As many items, evenly spaced, the first and the last among them. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  return items.length <= count
    ? items
    : Array.from({length: count}, (_, index) => Math.round((index * (items.length - 1)) / (count - 1))).flatMap(
        (place) => items.slice(place, place + 1),
      );
}

async function gradientFigures(setting: Setting, runs: readonly LayeredRun[], options: LayersOptions): Promise<Markup> {
  const {styles, figures, tables} = options;
  const gradients = runs.flatMap((run) => {
    const {first, last} = gradientsOf(run);
    return first === undefined || last === undefined ? [] : [{...run, first, last}];
  });
  const [start] = gradients;
  if (start === undefined) return null;
  const layers = start.first.layers.map(({layer}) => layer);
  const norms = gradients.flatMap(({first}) => first.layers.flatMap(({norm, adaptedNorm}) => [norm, adaptedNorm]));
  const positive = norms.filter((norm) => norm > 0 && Number.isFinite(norm));
  const domain = [Math.min(...positive), Math.max(...positive)] as const;
  const where = `${setting.architecture}, ${dataLabel(setting.data)}, seed ${start.run.seed}, ${start.first.steps}`;
  const drawn: VNode[] = [];
  for (const isAdapted of [false, true]) {
    const chart = gradientNormsChart({
      title: isAdapted ? 'Gradient norms, adapted' : 'Gradient norms',
      subtitle: `${where}${isAdapted ? '; behind the local learning rate' : ''}`,
      layers,
      points: gradients.flatMap(({series, run, first}) =>
        first.layers.map(({layer, operator, norm, adaptedNorm}) => ({
          series,
          layer,
          norm: isAdapted ? adaptedNorm : norm,
          own: operator === run.operator,
        })),
      ),
      styles,
      domain,
    });
    if (chart) {
      const caption = isAdapted
        ? 'The same behind AdderNet’s local learning rate, which gives every adder filter a gradient of a norm that follows from its size alone; convolutions are left as they are.'
        : 'Norm of each layer’s filter gradient when training begins (geometric mean over the steps), as the loss has it. Hollow symbols: layers that are no layers of the operator, such as first and last.';
      drawn.push(await figure(chart, figures.next(), caption));
    }
  }
  const ratios = gradients.slice(1).flatMap(({series, run, first}) => {
    const ratio = gradientRatio(first.layers, start.first.layers, run.operator);
    return ratio === undefined
      ? []
      : [
          `The gradients of ${series}’s ${run.operator} layers (${ratio.layers}) are ${formatSignificant(ratio.norm)} times as long as those of ${start.series} in the same places, ` +
            `behind the local learning rate ${formatSignificant(ratio.adaptedNorm)} times (geometric means, ${first.steps}).`,
        ];
  });
  return html`<div>
    ${
      ratios.length === 0
        ? null
        : html`<ul>
            ${ratios.map((sentence) => html`<li>${sentence}</li>`)}
          </ul>`
    }
    <div class="figures">${drawn}</div>
    ${gradientTable(gradients, tables)}
  </div>`;
}

async function weightFigures(runs: readonly LayeredRun[], options: LayersOptions): Promise<Markup> {
  const {styles, figures} = options;
  const drawn: VNode[] = [];
  const sentences: string[] = [];
  for (const run of runs) {
    const weights = lastWeights(run);
    const style = styles.find(({name}) => name === run.series);
    if (weights === undefined || style === undefined) continue;
    const own = ownLayers(weights.layers, run);
    const fits = own.flatMap((layer) => betterFit(layer) ?? []);
    const laplace = fits.filter(({name}) => name === 'Laplace').length;
    if (fits.length > 0) {
      sentences.push(
        `${run.series}: the Laplace distribution has the higher likelihood in ${laplace} of ${fits.length} ${own[0]?.operator === run.run.operator ? `${run.run.operator} ` : ''}layers, the Gaussian in ${fits.length - laplace}.`,
      );
    }
    const chart = weightHistograms({
      title: `Weights, ${run.series}`,
      subtitle: `${run.run.architecture}, ${dataLabel(run.run)}, seed ${run.run.seed}, after ${epochCount(weights.epoch)}`,
      layers: spread(own, PANELS),
      style,
    });
    if (chart) {
      drawn.push(
        await figure(
          chart,
          figures.next(),
          `Filters of ${own.length > PANELS ? `${PANELS} of the ${own.length}` : 'the'} layers after training as histograms, with the Laplace (solid) and the Gaussian ` +
            '(dashed) distribution of the highest likelihood; above each, the better one and by how much (mean log-likelihood of a weight).',
        ),
      );
    }
  }
  return drawn.length === 0
    ? null
    : html`<div>
        <ul>
          ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
        ${drawn} ${weightTable(runs, options.tables)}
      </div>`;
}

function filterFigures(runs: readonly LayeredRun[], {figures}: LayersOptions): Markup {
  const drawn = runs.flatMap((run) => {
    const record = lastFilters(run);
    const image = record && filterImage(record);
    return record && image ? [{run, record, image}] : [];
  });
  return drawn.length === 0
    ? null
    : html`<div class="figures">
        ${drawn.map(
          ({run, record, image}) =>
            html`<figure>
              <img
                class="filters"
                src=${pngDataUri(image)}
                width=${image.width * FILTER_SCALE}
                height=${image.height * FILTER_SCALE}
                alt=${`${image.filters} filters of the layer ${record.filters.layer} of ${run.series}`}
              />
              <figcaption>
                Figure ${figures.next()}. ${run.series}: filters of the first layer, ${record.filters.layer}
                ${' '}(${record.filters.operator ?? 'no known operator'}, ${record.filters.shape.join('×')}), after
                ${' '}${epochCount(record.epoch)}. Grey is zero, black and full colour are
                ±${formatSignificant(image.extreme)}.
              </figcaption>
            </figure>`,
        )}
      </div>`;
}

/** Gradient norms, weights and first filters, layer by layer; nothing where no run recorded them. */
export async function layersSection(options: LayersOptions): Promise<Markup> {
  const {results, records} = options;
  const parts: VNode[] = [];
  for (const setting of results.groups.flatMap(({settings}) => settings)) {
    const runs = layeredRuns(setting, records);
    if (runs.length === 0) continue;
    parts.push(
      html`<div>
        <h3>${setting.architecture} on ${dataLabel(setting.data)}, ${setting.backend} backend</h3>
        ${await gradientFigures(setting, runs, options)} ${await weightFigures(runs, options)}
        ${filterFigures(runs, options)}
      </div>`,
    );
  }
  return parts.length === 0
    ? null
    : html`<section aria-labelledby="layers-heading">
        <h2 id="layers-heading">Gradients, weights and filters</h2>
        ${parts}
      </section>`;
}
