// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {learningCurves, type CurveAxis} from '../charts/learning-curves.js';
import type {CurveMetric} from '../charts/curve-data.js';
import {throughputChart} from '../charts/throughput.js';
import type {SeriesStyle} from '../palette.js';
import {dataLabel} from '../provenance.js';
import type {Results, Setting} from '../results.js';
import {curveNumbers} from './curve-numbers.js';
import {figure, type Counter} from './figure.js';
import {html, type Markup} from './markup.js';

const METRICS: readonly CurveMetric[] = ['loss', 'top1'];

const AXES: readonly CurveAxis[] = ['epochs', 'time'];

function curveCaption(setting: Setting, metric: CurveMetric, axis: CurveAxis): string {
  const what = metric === 'loss' ? 'Cross-entropy loss' : 'Top-1 accuracy';
  const over = axis === 'epochs' ? 'by epoch' : 'over training time';
  const {results} = setting;
  const hasBands = results.some(({reported}) => reported.filter(({epochs}) => epochs.length > 0).length > 1);
  const hasOthers = results.some(({runs, reported}) =>
    runs.some((run) => run.epochs.length > 0 && reported.length > 0 && !reported.includes(run)),
  );
  return (
    `${what} of ${setting.architecture} ${over}, on ${dataLabel(setting.data)}. ` +
    'Solid, filled symbols: test; dashed, hollow symbols: training.' +
    (hasBands ? ' Lines: means over seeds; bands: ± one sample standard deviation.' : '') +
    (hasOthers ? ' Thin lines: runs that did not finish.' : '')
  );
}

async function settingFigures(setting: Setting, styles: readonly SeriesStyle[], counter: Counter): Promise<VNode> {
  const figures: VNode[] = [];
  for (const axis of AXES) {
    for (const metric of METRICS) {
      const chart = learningCurves(setting, metric, styles, axis);
      if (chart) {
        figures.push(await figure(chart, counter.next(), curveCaption(setting, metric, axis)));
      }
    }
  }
  return html`<div>
    <h3>${setting.architecture} on ${dataLabel(setting.data)}, ${setting.backend} backend</h3>
    ${
      figures.length === 0
        ? html`<p>No run finished an epoch with finite figures.</p>`
        : html`<div class="figures">${figures}</div>`
    }
    ${curveNumbers(setting)}
  </div>`;
}

/** Learning curves per setting, then throughput per kind of data. */
export async function figures({groups}: Results, styles: readonly SeriesStyle[], counter: Counter): Promise<Markup> {
  const curves: VNode[] = [];
  for (const setting of groups.flatMap(({settings}) => settings)) {
    curves.push(await settingFigures(setting, styles, counter));
  }
  const speeds: VNode[] = [];
  for (const group of groups) {
    const chart = throughputChart(group, styles);
    if (chart) {
      const caption = `Training speed in the last epoch, evaluation not counted, on ${dataLabel(group.data)}.`;
      const hasSeeds = group.settings.some(({results}) => results.some(({reported}) => reported.length > 1));
      speeds.push(
        await figure(chart, counter.next(), `${caption}${hasSeeds ? ' Bars: means; ticks: single seeds.' : ''}`),
      );
    }
  }
  return html`
    <section aria-labelledby="curves-heading">
      <h2 id="curves-heading">Learning curves</h2>
      ${curves}
    </section>
    <section aria-labelledby="speed-heading">
      <h2 id="speed-heading">Training speed</h2>
      ${speeds.length === 0 ? html`<p>No run finished an epoch.</p>` : speeds}
    </section>
  `;
}
