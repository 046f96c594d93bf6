// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {betterFit} from '../charts/weight-histograms.js';
import {ABSENT, formatCount, formatFixed, formatSignificant} from '../format.js';
import {lastWeights, type GradientStretch, type LayeredRun} from '../layer-data.js';
import {scrollable} from './elements.js';
import type {Counter} from './figure.js';
import {html, type Markup} from './markup.js';

/** A run with the gradients of its first steps and of the last recorded one. */
export type RunWithGradients = LayeredRun & {readonly first: GradientStretch; readonly last: GradientStretch};

const figureOf = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? ABSENT : formatSignificant(value);

function gradientRows({series, first, last}: RunWithGradients): readonly VNode[] {
  return first.layers.map(({layer, operator, shape, norm, adaptedNorm}) => {
    const end = last.layers.find((candidate) => candidate.layer === layer);
    return html`<tr>
      <th scope="row" class="name">${series}</th>
      <td class="name">${layer}</td>
      <td>${operator ?? ABSENT}</td>
      <td class="number">${shape.join('×')}</td>
      ${[norm, adaptedNorm, end?.norm, end?.adaptedNorm].map((value) => html`<td class="number">${figureOf(value)}</td>`)}
    </tr>`;
  });
}

/** Every layer's gradient norm as the loss has it and behind the local learning rate, to be unfolded. */
export function gradientTable(runs: readonly RunWithGradients[], tables: Counter): VNode {
  const [start] = runs;
  return html`<details>
    <summary>Gradient norms of every layer</summary>
    ${scrollable(
      'Gradient norms of every layer',
      html`<table class="wide">
        <caption>
          Table ${tables.next()}. Euclidean norm of the gradient of every layer’s filters: as the loss has it, and
          behind the local learning rate (adapted), before weight decay and momentum. Over several steps it is the
          geometric mean.
        </caption>
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Layer</th>
            <th scope="col">Operator</th>
            <th scope="col" class="number">Filters</th>
            <th scope="col" class="number">Norm<small>${start?.first.steps}</small></th>
            <th scope="col" class="number">Adapted<small>${start?.first.steps}</small></th>
            <th scope="col" class="number">Norm<small>${start?.last.steps}</small></th>
            <th scope="col" class="number">Adapted<small>${start?.last.steps}</small></th>
          </tr>
        </thead>
        ${runs.map(
          (run) =>
            html`<tbody>
              ${gradientRows(run)}
            </tbody>`,
        )}
      </table>`,
    )}
  </details>`;
}

function weightRows(run: LayeredRun): readonly VNode[] {
  return (lastWeights(run)?.layers ?? []).map((layer) => {
    const {summary} = layer;
    const fit = betterFit(layer);
    return html`<tr>
      <th scope="row" class="name">${run.series}</th>
      <td class="name">${layer.layer}</td>
      <td>${layer.operator ?? ABSENT}</td>
      <td class="number">${formatCount(summary.count)}</td>
      <td class="number">${formatSignificant(summary.mean)}</td>
      <td class="number">${formatSignificant(summary.standardDeviation)}</td>
      <td class="number">${figureOf(summary.laplace?.scale)}</td>
      <td class="number">${figureOf(summary.laplace?.logLikelihood)}</td>
      <td class="number">${figureOf(summary.gaussian?.logLikelihood)}</td>
      <td>${fit === undefined ? ABSENT : `${fit.name} by ${formatFixed(fit.gain, 3)}`}</td>
    </tr>`;
  });
}

/** Every layer's weights in figures, to be unfolded; nothing where none were recorded. */
export function weightTable(runs: readonly LayeredRun[], tables: Counter): Markup {
  const rows = runs.map(weightRows).filter((own) => own.length > 0);
  if (rows.length === 0) return null;
  return html`<details>
    <summary>Weights of every layer</summary>
    ${scrollable(
      'Weights of every layer',
      html`<table class="wide">
        <caption>
          Table ${tables.next()}. Weights of every layer after training. Fits are those of the highest likelihood; the
          likelihoods are means over the weights, in nats.
        </caption>
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Layer</th>
            <th scope="col">Operator</th>
            <th scope="col" class="number">Weights</th>
            <th scope="col" class="number">Mean</th>
            <th scope="col" class="number">Standard deviation</th>
            <th scope="col" class="number">Laplace<small>scale b</small></th>
            <th scope="col" class="number">Laplace<small>log-likelihood</small></th>
            <th scope="col" class="number">Gaussian<small>log-likelihood</small></th>
            <th scope="col">Better fit</th>
          </tr>
        </thead>
        ${rows.map(
          (own) =>
            html`<tbody>
              ${own}
            </tbody>`,
        )}
      </table>`,
    )}
  </details>`;
}
