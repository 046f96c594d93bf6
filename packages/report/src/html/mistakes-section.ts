// SPDX-License-Identifier: Apache-2.0
import type {VNode} from 'preact';
import {confusionChart} from '../charts/confusion-matrix.js';
import {confusionsOf, evaluatedRuns, groupConfusion, type Confusion, type RecordsByRun} from '../confusion.js';
import type {SeriesStyle} from '../palette.js';
import {dataLabel} from '../provenance.js';
import {resultName, type Results, type Setting} from '../results.js';
import {confusedPairs} from './confused-pairs.js';
import {confusionTable} from './confusion-table.js';
import {figure, type Counter} from './figure.js';
import {html, type Markup} from './markup.js';
import {topLossGallery} from './top-losses.js';

/** More classes are drawn as a picture rather than as a table. */
const TABLE_CLASSES = 20;
/** More classes have no picture: cells of a pixel cannot be told apart. */
const CHART_CLASSES = 200;
/** A picture of 100 classes has up to 0.5 MB, and a gallery of 16 small images 60 kB: a report with many series is to stay a file that opens at once. */
const CHARTS = 8;
const GALLERIES = 8;

export interface MistakesOptions {
  readonly results: Results;
  readonly records: RecordsByRun;
  readonly styles: readonly SeriesStyle[];
  readonly figures: Counter;
  readonly tables: Counter;
}

/** How many of the report's pictures are still to be had. */
interface Budget {
  charts: number;
  galleries: number;
}

function runsText({runs}: Confusion): string {
  return runs === 1 ? 'one run' : `sum over ${runs} seeds`;
}

async function matrices(
  setting: Setting,
  confusions: readonly Confusion[],
  {figures, tables}: MistakesOptions,
  budget: Budget,
): Promise<Markup> {
  const [first] = confusions;
  if (first === undefined) return null;
  const where = `${setting.architecture}, ${dataLabel(setting.data)}`;
  const captionOf = (confusion: Confusion, what: string): string =>
    `Table ${tables.next()}. Confusion matrix of ${where}, ${confusion.series} (${runsText(confusion)}): percent of each true ${what}’s ` +
    `test images (rows) by predicted ${what} (columns).`;
  if (first.classNames.length <= TABLE_CLASSES) {
    return html`<div class="figures">
      ${confusions.map((confusion) => confusionTable({confusion, caption: captionOf(confusion, 'class'), what: 'class'}))}
    </div>`;
  }
  const drawn: VNode[] = [];
  for (const confusion of first.classNames.length <= CHART_CLASSES ? confusions : []) {
    if (budget.charts === 0) break;
    budget.charts -= 1;
    const chart = confusionChart({confusion, subtitle: `${where}; ${runsText(confusion)}`});
    const order = confusion.classGroups === undefined ? '' : ', in the order of their superclasses';
    drawn.push(
      await figure(
        chart,
        figures.next(),
        `Percent of each true class’s test images (rows, from top to bottom) by predicted class (columns)${order}; ${confusion.series}, ` +
          `${runsText(confusion)}. Shares below 1 % are left out. Pointing at a cell shows what it is.`,
      ),
    );
  }
  const grouped = confusions.flatMap((confusion) => groupConfusion(confusion) ?? []);
  const left = confusions.length - drawn.length;
  return html`<div>
    ${drawn.length === 0 ? null : html`<div class="figures">${drawn}</div>`}
    ${
      left === 0
        ? null
        : html`<p class="foot">
            No picture of ${left} further ${left === 1 ? 'matrix' : 'matrices'}:
            ${' '}${first.classNames.length > CHART_CLASSES ? `there are more than ${CHART_CLASSES} classes` : `a report has at most ${CHARTS}`}.
            The matrices are in the runs’ evaluation.json.
          </p>`
    }
    ${grouped.map(
      (confusion) =>
        html`<details>
          <summary>Superclasses: ${confusion.series}</summary>
          ${confusionTable({confusion, caption: captionOf(confusion, 'superclass'), what: 'superclass'})}
        </details>`,
    )}
  </div>`;
}

function galleries(setting: Setting, {records}: MistakesOptions, budget: Budget): Markup {
  const shown = setting.results.flatMap((result) => {
    const [first] = evaluatedRuns(result, records).filter(({evaluation}) => (evaluation.topLosses?.length ?? 0) > 0);
    return first === undefined ? [] : [{...first, name: resultName(result)}];
  });
  const [baseline] = shown;
  if (baseline === undefined) return null;
  const known = new Set(baseline.evaluation.topLosses?.map(({index}) => index));
  const drawn = shown.slice(0, budget.galleries);
  budget.galleries -= drawn.length;
  return html`<div>
    ${drawn.map(({run, name, evaluation}) => {
      const common = evaluation.topLosses?.filter(({index}) => known.has(index)).length ?? 0;
      return html`<section class="losses">
        <h4>Highest losses: ${name}, seed ${run.seed}</h4>
        <p class="foot">
          Test images after epoch ${evaluation.epoch}, with the model’s probabilities of their class and of the one that
          they were taken for; losses in nats.
          ${
            name === baseline.name
              ? null
              : ` ${common} of the ${evaluation.topLosses?.length ?? 0} are among those of ${baseline.name}, too.`
          }
        </p>
        ${topLossGallery(evaluation)}
      </section>`;
    })}
    ${
      shown.length === drawn.length
        ? null
        : html`<p class="foot">
            Without the images of ${shown.length - drawn.length} further results: a report has at most ${GALLERIES} such
            galleries. They are in the runs’ evaluation.json.
          </p>`
    }
  </div>`;
}

/** Confusion matrices, the most confused pairs and the images with the highest losses; nothing where no run recorded them. */
export async function mistakesSection(options: MistakesOptions): Promise<Markup> {
  const {results, records, styles, tables} = options;
  const budget: Budget = {charts: CHARTS, galleries: GALLERIES};
  const parts: VNode[] = [];
  for (const setting of results.groups.flatMap(({settings}) => settings)) {
    const confusions = confusionsOf(setting, records);
    const pictures = await matrices(setting, confusions, options, budget);
    const pairs = confusedPairs(confusions, styles, tables, `${setting.architecture} on ${dataLabel(setting.data)}`);
    const losses = galleries(setting, options, budget);
    if (pictures === null && losses === null) continue;
    parts.push(
      html`<div>
        <h3>${setting.architecture} on ${dataLabel(setting.data)}, ${setting.backend} backend</h3>
        ${pictures} ${pairs} ${losses}
      </div>`,
    );
  }
  return parts.length === 0
    ? null
    : html`<section aria-labelledby="mistakes-heading">
        <h2 id="mistakes-heading">Mistakes on the test images</h2>
        ${parts}
      </section>`;
}
