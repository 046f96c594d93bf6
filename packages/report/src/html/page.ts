// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import {formatDuration, formatTime} from '../format.js';
import type {RecordsByRun} from '../confusion.js';
import {costedArchitectures, costedRuns} from '../costed-models.js';
import {headline, leads} from '../lead.js';
import {seriesStyles} from '../palette.js';
import {provenanceWarnings} from '../provenance.js';
import {recipeTexts, resultsOf, seriesNames, type Results} from '../results.js';
import {comparisonSection} from './comparison-section.js';
import {costsSection} from './costs-section.js';
import {Counter} from './figure.js';
import {featuresSection} from './features-section.js';
import {figures} from './figures.js';
import {inferenceSection} from './inference-section.js';
import {layersSection} from './layers-section.js';
import {html, type Markup} from './markup.js';
import {mistakesSection} from './mistakes-section.js';
import {resultsTable} from './results-table.js';
import {runsTable, unfinishedRuns} from './runs-table.js';
import {appendix, notesSection, renderShell, SUMMARY_FILE} from './shell.js';

function leadSection(results: Results): Markup {
  return leads(results).map(({intro, sentences, footnote}) => {
    const [only] = sentences;
    return html`<div class="lead">
      ${
        sentences.length === 1
          ? html`<p>${intro} ${only}</p>`
          : html`<p>${intro}</p>
              <ul>
                ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
              </ul>`
      }
      ${footnote === undefined ? null : html`<p class="foot">${footnote}</p>`}
    </div>`;
  });
}

/** The whole document. The same summary and records give the same bytes. */
export async function renderPage(summary: ExperimentSummary, records: RecordsByRun): Promise<string> {
  const results = resultsOf(summary);
  const styles = seriesStyles(seriesNames(results));
  const warnings = provenanceWarnings(summary.runs);
  const title = headline(results);
  const [figureCounter, tables] = [new Counter(), new Counter()];
  const recipes = recipeTexts(summary.runs);
  const runCount = `${summary.runs.length} ${summary.runs.length === 1 ? 'run' : 'runs'}`;
  return renderShell({
    title,
    subject: `experiment ${summary.name}`,
    source: SUMMARY_FILE,
    header: html`<h1>${title}</h1>
      <p class="meta">
        Experiment <code>${summary.name}</code> · started ${formatTime(summary.startedAt)} · ${runCount} in
        ${' '}${formatDuration(summary.seconds)}${recipes.length === 0 ? null : ` · ${recipes.length === 1 ? 'recipe' : 'recipes'} ${recipes.join('; ')}`}
      </p>
      ${
        warnings.length === 0
          ? null
          : html`<div class="data" role="note">${warnings.map((warning) => html`<p>${warning}</p>`)}</div>`
      }
      ${summary.description === '' ? null : html`<p class="description">${summary.description}</p>`}`,
    main: html`<section aria-labelledby="results-heading">
        <h2 id="results-heading">Results</h2>
        ${summary.runs.length === 0 ? html`<p>The experiment was stopped before its first run.</p>` : leadSection(results)}
        ${notesSection(summary.notes)}
        ${summary.runs.length === 0 ? null : resultsTable(results, styles, tables.next())}
      </section>
      ${comparisonSection(summary.parts, tables)}
      ${
        summary.runs.length === 0
          ? null
          : html`${await featuresSection(summary.runs, figureCounter)} ${await figures(results, styles, figureCounter)}
              ${await mistakesSection({results, records, styles, figures: figureCounter, tables})}
              ${await layersSection({results, records, styles, figures: figureCounter, tables})}
              ${await inferenceSection({summary, series: seriesNames(results), figures: figureCounter, tables})}
              ${await costsSection({
                architectures: costedArchitectures(costedRuns(summary.runs), results.operators),
                ...(summary.machine === undefined ? {} : {machine: summary.machine}),
                styles,
                figures: figureCounter,
                tables,
              })}
              <section aria-labelledby="runs-heading">
                <h2 id="runs-heading">Runs</h2>
                ${runsTable(results, tables.next())} ${unfinishedRuns(results)}
              </section>`
      }
      ${appendix(summary)}`,
  });
}
