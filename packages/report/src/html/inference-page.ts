// SPDX-License-Identifier: Apache-2.0
import type {InferenceSummary} from '@addernet/plugin';
import {costedArchitectures} from '../costed-models.js';
import {formatDuration, formatTime} from '../format.js';
import {operatorsOf, placesOf} from '../inference-results.js';
import {inferenceSentences, inferenceTitle, TIMES_METHOD} from '../inference-text.js';
import {seriesStyles} from '../palette.js';
import {costsSection} from './costs-section.js';
import {Counter} from './figure.js';
import {layerTimesSection, speedFigures, type InferenceContext} from './inference-parts.js';
import {modelTimesTable} from './inference-tables.js';
import {html} from './markup.js';
import {appendix, notesSection, renderShell, SUMMARY_FILE} from './shell.js';

/** The whole document of an experiment that measured inference. The same summary gives the same bytes. */
export async function renderInferencePage(summary: InferenceSummary): Promise<string> {
  const places = placesOf(summary);
  const operators = operatorsOf(summary);
  const [baseline = ''] = operators;
  const title = inferenceTitle(summary, places);
  const [figures, tables] = [new Counter(), new Counter()];
  const context: InferenceContext = {baseline, styles: seriesStyles(operators), figures, tables};
  const {name, description, startedAt, seconds, status} = summary;
  const sentences = inferenceSentences(places);
  const speed = await speedFigures(places, context);
  return renderShell({
    title,
    subject: `experiment ${name}`,
    source: SUMMARY_FILE,
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
      ${await layerTimesSection(places, {id: 'layers-heading', title: 'Layer by layer, under the roofs'}, context)}
      ${await costsSection({
        architectures: costedArchitectures(summary.models, operators),
        styles: context.styles,
        figures,
        tables,
      })}
      ${appendix(summary)}`,
  });
}
