// SPDX-License-Identifier: Apache-2.0
import {
  ABSENT,
  Counter,
  figure,
  formatSignificant,
  formatTime,
  html,
  type Markup,
  operatorKey,
  renderShell,
  scrollable,
  type SeriesStyle,
  seriesStyles,
} from '@addernet/report/page';
import {ratioChart} from './ratio-chart.ts';
import {
  type BrowserBenchReport,
  METHOD,
  operatorOf,
  partText,
  rangeText,
  ratioText,
  sentences,
  type SettingResult,
  softwareWarning,
} from './report.ts';

export const TITLE = 'Addernet’s kernels in the browser, against TensorFlow.js’s';

/** As in every report: the convolution first. */
const STYLES = seriesStyles(['conv', 'adder']);

function meansTable(settings: readonly SettingResult[], styles: readonly SeriesStyle[], number: number): Markup {
  return scrollable(
    'Table of means',
    html`<table class="wide" id="means">
      <caption>
        Table ${number}. Geometric means over layers of the time over that of TensorFlow.js’s kernel, and the lowest and
        the highest of the layers.
      </caption>
      <thead>
        <tr>
          <th scope="col">Kernel</th>
          <th scope="col">Part</th>
          <th scope="col">Against</th>
          <th scope="col">Shapes</th>
          <th scope="col" class="number">Layers</th>
          <th scope="col" class="number">Ratio</th>
          <th scope="col" class="number">Range</th>
          <th scope="col" class="number">Over own conv</th>
        </tr>
      </thead>
      ${settings
        .filter(({means}) => means.length > 0)
        .map(
          ({name, means}) =>
            html`<tbody>
              <tr class="group">
                <th scope="rowgroup" colspan="8">${name}</th>
              </tr>
              ${means
                .filter(({shapes}) => shapes !== 'all')
                .map(
                  (mean, index, all) =>
                    html`<tr class=${index > 0 && all[index - 1]?.part !== mean.part ? 'setting' : ''}>
                      <th scope="row">${operatorKey(operatorOf(mean) ?? '', styles)}${mean.kernel}</th>
                      <td>${partText(mean.part)}</td>
                      <td>${mean.baseline}</td>
                      <td>${mean.shapes}</td>
                      <td class="number">${mean.layers}</td>
                      <td class="number"><b>${mean.ratio.toFixed(2)}</b></td>
                      <td class="number">${rangeText([mean.lowest, mean.highest])}</td>
                      <td class="number">${mean.toConv?.toFixed(2) ?? ABSENT}</td>
                    </tr>`,
                )}
            </tbody>`,
        )}
    </table>`,
  );
}

function layersTable({name, kernels}: SettingResult, styles: readonly SeriesStyle[]): Markup {
  return html`<details class="layers">
    <summary>${name}: all ${kernels.length} times</summary>
    ${scrollable(
      `Times of ${name}`,
      html`<table class="wide">
        <caption>
          Milliseconds of one call: medians. Ratio: median of the rounds’ ratios, and quartiles.
        </caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Part</th>
            <th scope="col">Kernel</th>
            <th scope="col" class="number">Time<small>ms</small></th>
            <th scope="col">TF.js’s</th>
            <th scope="col" class="number">Time<small>ms</small></th>
            <th scope="col" class="number">Ratio</th>
            <th scope="col" class="number">Taps<small>10⁹/s</small></th>
            <th scope="col" class="number">Rounds</th>
          </tr>
        </thead>
        <tbody>
          ${kernels.map(
            (time) =>
              html`<tr>
                <th scope="row" class="name">${time.layer}</th>
                <td>${partText(time.part)}</td>
                <td>${operatorKey(operatorOf(time) ?? '', styles)}${time.kernel}</td>
                <td class="number">${formatSignificant(time.milliseconds)}</td>
                <td>${time.baseline}</td>
                <td class="number">${formatSignificant(time.baselineMilliseconds)}</td>
                <td class="number">${ratioText(time)}</td>
                <td class="number">${formatSignificant(time.gigaTaps)}</td>
                <td class="number">${time.rounds}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
  </details>`;
}

async function settingParts(
  settings: readonly SettingResult[],
  styles: readonly SeriesStyle[],
): Promise<readonly Markup[]> {
  const figures = new Counter();
  const parts: Markup[] = [];
  for (const setting of settings) {
    const chart = ratioChart(setting, styles);
    const caption = `Time of each layer’s kernels over that of TensorFlow.js’s, ${setting.name}.`;
    const drawn = chart === undefined ? null : await figure(chart, figures.next(), caption);
    parts.push(
      html`<div>
        <h3>${setting.name}</h3>
        <p class="foot">
          ${
            Object.entries(setting.environment)
              .map(([key, value]) => `${key}: ${value}`)
              .join(' · ') || 'not started'
          }
        </p>
        ${setting.failure === undefined ? null : html`<p class="bad">Not measured to the end: ${setting.failure}</p>`}
        ${drawn} ${setting.kernels.length === 0 ? null : layersTable(setting, styles)}
      </div>`,
    );
  }
  return parts;
}

/** The results as a page of its own that loads nothing. The same report gives the same bytes. */
export async function renderBenchPage(report: BrowserBenchReport): Promise<string> {
  const {browser, machine, date, commit, batch, rounds, shapes, settings} = report;
  const warning = softwareWarning(report);
  const found = sentences(report);
  return renderShell({
    title: TITLE,
    subject: browser,
    source: 'the bench’s JSON',
    header: html`<h1>${TITLE}</h1>
      <p class="meta">
        ${browser} · ${machine.processor}, ${machine.cores} cores, load ${machine.load.toFixed(1)} ·
        ${' '}${formatTime(date)}${commit === undefined ? null : html` · commit <code>${commit.slice(0, 10)}</code>`} ·
        ${' '}${shapes.join(', ')}, batch ${batch}, up to ${rounds} rounds
      </p>
      ${warning === undefined ? null : html`<div class="data" role="note"><p>${warning}</p></div>`}`,
    main: html`<section aria-labelledby="results-heading">
        <h2 id="results-heading">Results</h2>
        <p>The time of TensorFlow.js’s kernel is 1; geometric means over the layers.</p>
        <ul>
          ${found.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
        ${meansTable(settings, STYLES, 1)}
        <p class="foot">${METHOD}</p>
      </section>
      <section aria-labelledby="backends-heading">
        <h2 id="backends-heading">Backend by backend</h2>
        ${await settingParts(settings, STYLES)}
      </section>`,
  });
}
