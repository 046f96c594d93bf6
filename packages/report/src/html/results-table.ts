// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {
  ABSENT,
  accuracyDigits,
  formatCount,
  formatFixed,
  formatMillions,
  formatPercent,
  formatPercentValue,
  formatSpeed,
  formatStatistic,
} from '../format.js';
import type {SeriesStyle} from '../palette.js';
import {chanceLevel, testImagesPhrase, trainImagesPhrase} from '../provenance.js';
import {
  epochsText,
  resultName,
  seedsText,
  statusText,
  type DataGroup,
  type OperatorResult,
  type Results,
  type Setting,
} from '../results.js';
import {dataLabelMarkup, operatorKey, scrollable} from './elements.js';
import {html} from './markup.js';

const COLUMNS = 12;

function resultRow(result: OperatorResult, setting: Setting, styles: readonly SeriesStyle[], isFirst: boolean): VNode {
  const {top1, top5, loss, imagesPerSecond, runs} = result;
  const digits = accuracyDigits(setting.data.testImages);
  const accuracy = (fraction: number) => formatPercentValue(fraction, digits);
  const [first] = runs;
  const isWhole = runs.every(({status}) => status === 'finished');
  return html`<tr class=${isFirst ? 'setting' : ''}>
    ${
      isFirst
        ? html`<th scope="rowgroup" rowspan=${setting.results.length} class="name">
            ${setting.architecture}<small>${setting.backend}</small>
          </th>`
        : null
    }
    <th scope="row" class="name">${operatorKey(resultName(result), styles)}${resultName(result)}</th>
    <td class="number">${formatStatistic(top1, accuracy)}</td>
    <td class="number">${formatStatistic(top5, accuracy)}</td>
    <td class="number">${formatStatistic(loss, (value) => formatFixed(value, 3))}</td>
    <td class="number">${formatStatistic(imagesPerSecond, formatSpeed)}</td>
    <td class="number">${first ? formatCount(first.parameters) : ABSENT}</td>
    <td class="number">${first ? formatMillions(first.operations.multiplications) : ABSENT}</td>
    <td class="number">${first ? formatMillions(first.operations.additions) : ABSENT}</td>
    <td class="number">${epochsText(result, setting.epochsPlanned)}</td>
    <td class="number">${seedsText(result)}</td>
    <td class=${isWhole ? '' : 'bad'}>${statusText(runs)}</td>
  </tr>`;
}

function groupBody({data, settings}: DataGroup, styles: readonly SeriesStyle[]): VNode {
  const chance = chanceLevel(data);
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan=${COLUMNS}>
        ${dataLabelMarkup(data)} · ${trainImagesPhrase(data)} · ${testImagesPhrase(data)}
        ${chance === undefined ? null : ` · chance top-1 ${formatPercent(chance, chance < 0.1 ? 1 : 0)}`}
      </th>
    </tr>
    ${settings.map((setting) =>
      setting.results.map((result, index) => resultRow(result, setting, styles, index === 0)),
    )}
  </tbody>`;
}

/** Operator × architecture, in one body per kind of data. */
export function resultsTable({groups}: Results, styles: readonly SeriesStyle[], number: number): VNode {
  const results = groups.flatMap(({settings}) => settings.flatMap((setting) => setting.results));
  const hasSeeds = results.some(({reported}) => reported.length > 1);
  return scrollable(
    'Table of results',
    html`<table class="wide" id="results">
      <caption>
        Table ${number}. Figures of the last epoch on the test images; images/s is training speed in that epoch,
        evaluation not counted. ${hasSeeds ? ' Mean ± sample standard deviation over the finished seeds.' : ''}
        ${' '}Operations are those of one image’s forward pass in convolution-like and fully connected layers; a
        subtraction or comparison counts as an addition.
      </caption>
      <thead>
        <tr>
          <th scope="col">Architecture<small>backend</small></th>
          <th scope="col">Operator</th>
          <th scope="col" class="number">Top-1<small>%</small></th>
          <th scope="col" class="number">Top-5<small>%</small></th>
          <th scope="col" class="number">Loss<small>nats</small></th>
          <th scope="col" class="number">Images/s<small>training</small></th>
          <th scope="col" class="number">Parameters</th>
          <th scope="col" class="number">Multipl.<small>per image</small></th>
          <th scope="col" class="number">Additions<small>per image</small></th>
          <th scope="col" class="number">Epochs</th>
          <th scope="col" class="number">Seeds</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      ${groups.map((group) => groupBody(group, styles))}
    </table>`,
  );
}
