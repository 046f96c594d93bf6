// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {renderToString} from 'preact-render-to-string';
import {formatDuration, formatTime} from '../format.js';
import {costedArchitectures, costedRuns} from '../costed-models.js';
import {headline, leads} from '../lead.js';
import {seriesStyles} from '../palette.js';
import {provenanceWarnings} from '../provenance.js';
import {recipeTexts, resultsOf, seriesNames, type Results} from '../results.js';
import {costsSection} from './costs-section.js';
import {Counter} from './figure.js';
import {figures} from './figures.js';
import {html, type Markup} from './markup.js';
import {resultsTable} from './results-table.js';
import {runsTable, unfinishedRuns} from './runs-table.js';
import {STYLE} from './style.js';

/** Nothing is loaded and nothing runs, whatever the names and errors of plugins contain. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

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

function notesSection(notes: readonly string[]): Markup {
  return notes.length === 0
    ? null
    : html`<section aria-labelledby="notes-heading">
        <h3 id="notes-heading">Notes</h3>
        <ul>
          ${notes.map((note) => html`<li>${note}</li>`)}
        </ul>
      </section>`;
}

function appendix({config, environment}: ExperimentSummary): VNode {
  const entries = Object.entries(environment);
  return html`<section aria-labelledby="reproduction-heading">
    <h2 id="reproduction-heading">Configuration and environment</h2>
    <details>
      <summary>Environment</summary>
      <table id="environment">
        <caption>
          Where the runs were made
        </caption>
        <tbody>
          ${
            entries.length === 0
              ? html`<tr>
                  <td>not recorded</td>
                </tr>`
              : entries.map(
                  ([name, value]) =>
                    html`<tr>
                      <th scope="row">${name}</th>
                      <td class="value">${value}</td>
                    </tr>`,
                )
          }
        </tbody>
      </table>
    </details>
    <details>
      <summary>Resolved configuration</summary>
      <pre id="config">${JSON.stringify(config, null, 2) ?? 'not recorded'}</pre>
    </details>
  </section>`;
}

/** The whole document. The same summary gives the same bytes. */
export async function renderPage(summary: ExperimentSummary): Promise<string> {
  const results = resultsOf(summary);
  const styles = seriesStyles(seriesNames(results));
  const warnings = provenanceWarnings(summary.runs);
  const title = headline(results);
  const [figureCounter, tables] = [new Counter(), new Counter()];
  const recipes = recipeTexts(summary.runs);
  const runCount = `${summary.runs.length} ${summary.runs.length === 1 ? 'run' : 'runs'}`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content=${CONTENT_SECURITY_POLICY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="@addernet/report" />
      <title>${title}: experiment ${summary.name}</title>
      <style dangerouslySetInnerHTML=${{__html: STYLE}} />
    </head>
    <body>
      <header>
        <h1>${title}</h1>
        <p class="meta">
          Experiment <code>${summary.name}</code> · started ${formatTime(summary.startedAt)} · ${runCount} in
          ${' '}${formatDuration(summary.seconds)}${recipes.length === 0 ? null : ` · ${recipes.length === 1 ? 'recipe' : 'recipes'} ${recipes.join('; ')}`}
        </p>
        ${
          warnings.length === 0
            ? null
            : html`<div class="data" role="note">${warnings.map((warning) => html`<p>${warning}</p>`)}</div>`
        }
        ${summary.description === '' ? null : html`<p class="description">${summary.description}</p>`}
      </header>
      <main>
        <section aria-labelledby="results-heading">
          <h2 id="results-heading">Results</h2>
          ${summary.runs.length === 0 ? html`<p>The experiment was stopped before its first run.</p>` : leadSection(results)}
          ${notesSection(summary.notes)}
          ${summary.runs.length === 0 ? null : resultsTable(results, styles, tables.next())}
        </section>
        ${
          summary.runs.length === 0
            ? null
            : html`${await figures(results, styles, figureCounter)}
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
        ${appendix(summary)}
      </main>
      <footer>Made by @addernet/report from the experiment’s summary.json.</footer>
    </body>
  </html>`;
  return `<!doctype html>\n${renderToString(page)}\n`;
}
