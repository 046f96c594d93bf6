// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, RunSummary} from '@addernet/plugin';
import {accuracyDigits, formatFixed, formatPercentValue, formatSignificant, formatSpeed} from '../format.js';
import {dataPhrase} from '../provenance.js';
import type {Setting} from '../results.js';
import {scrollable} from './elements.js';
import {html, type Markup} from './markup.js';

/** More rows would not be read; metrics.csv has them all. */
const ROWS_PER_RUN = 20;

/** The last epoch and, where there are too many, evenly spaced ones before it. */
function selectedEpochs(epochs: readonly EpochMetrics[]): readonly EpochMetrics[] {
  const step = Math.max(1, Math.ceil(epochs.length / ROWS_PER_RUN));
  return epochs.filter((_, index) => (epochs.length - 1 - index) % step === 0);
}

function epochRows(run: RunSummary, name: string): Markup {
  const digits = accuracyDigits(run.testImages);
  return selectedEpochs(run.epochs).map(
    (metrics) =>
      html`<tr>
        <th scope="row" class="name">${name}</th>
        <td class="number">${run.seed}</td>
        <td class="number">${metrics.epoch}</td>
        <td class="number">${formatSignificant(metrics.learningRate)}</td>
        <td class="number">${formatFixed(metrics.trainLoss, 3)}</td>
        <td class="number">${formatFixed(metrics.testLoss, 3)}</td>
        <td class="number">${formatPercentValue(metrics.trainTop1, digits)}</td>
        <td class="number">${formatPercentValue(metrics.testTop1, digits)}</td>
        <td class="number">${formatPercentValue(metrics.testTop5, digits)}</td>
        <td class="number">${formatSpeed(metrics.imagesPerSecond)}</td>
      </tr>`,
  );
}

/** The figures behind the learning curves, for those who do not see them. Not printed. */
export function curveNumbers(setting: Setting): Markup {
  const named = setting.results.flatMap((result) =>
    result.runs.filter(({epochs}) => epochs.length > 0).map((run) => ({run, name: result.operator})),
  );
  const runs = named.map(({run}) => run);
  if (runs.length === 0) {
    return null;
  }
  const isThinned = runs.some(({epochs}) => epochs.length > ROWS_PER_RUN);
  return html`<details class="screen">
    <summary>Numbers of these curves</summary>
    ${scrollable(
      `Numbers of the curves of ${setting.architecture}`,
      html`<table class="curve-numbers">
        <caption>
          ${setting.architecture} on
          ${dataPhrase(setting.data)}${isThinned ? '; evenly spaced epochs, all are in metrics.csv' : ''}
        </caption>
        <thead>
          <tr>
            <th scope="col">Operator</th>
            <th scope="col" class="number">Seed</th>
            <th scope="col" class="number">Epoch</th>
            <th scope="col" class="number">Learning rate</th>
            <th scope="col" class="number">Train loss<small>nats</small></th>
            <th scope="col" class="number">Test loss<small>nats</small></th>
            <th scope="col" class="number">Train top-1<small>%</small></th>
            <th scope="col" class="number">Test top-1<small>%</small></th>
            <th scope="col" class="number">Test top-5<small>%</small></th>
            <th scope="col" class="number">Images/s<small>training</small></th>
          </tr>
        </thead>
        <tbody>
          ${named.map(({run, name}) => epochRows(run, name))}
        </tbody>
      </table>`,
    )}
  </details>`;
}
