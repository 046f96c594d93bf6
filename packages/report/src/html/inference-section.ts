// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {inferenceSentences, TIMES_METHOD} from '../inference-text.js';
import {matchedInference, type InferenceSource} from '../matched-inference.js';
import {seriesStyles} from '../palette.js';
import {scrollable} from './elements.js';
import type {Counter} from './figure.js';
import {layerTimesSection, speedFigures, type InferenceContext} from './inference-parts.js';
import {modelTimesTable} from './inference-tables.js';
import {html, type Markup} from './markup.js';

function sourcesTable(sources: readonly InferenceSource[], number: number): VNode {
  return scrollable(
    'Table of where times were measured',
    html`<table class="wide" id="inference-sources">
      <caption>
        Table ${number}. Where the times were measured.
      </caption>
      <thead>
        <tr>
          <th scope="col">Folder</th>
          <th scope="col">Experiment</th>
          <th scope="col">Backend</th>
          <th scope="col" class="number">Batches</th>
          <th scope="col">Processor</th>
          <th scope="col">Commit</th>
          <th scope="col" class="number">Started<small>UTC</small></th>
        </tr>
      </thead>
      <tbody>
        ${sources.map(
          ({name, experiment, backends, batches, processor, commit, startedAt}) =>
            html`<tr>
              <th scope="row" class="name">${name}</th>
              <td class="name">${experiment}</td>
              <td>${backends}</td>
              <td class="number">${batches}</td>
              <td>${processor}</td>
              <td><code>${commit}</code></td>
              <td class="number">${startedAt}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

interface InferenceSectionOptions {
  readonly summary: ExperimentSummary;
  /** Names of what the page draws in colours of its own. */
  readonly series: readonly string[];
  readonly figures: Counter;
  readonly tables: Counter;
}

/** What inference takes with the networks of the runs, whole and layer by layer; nothing where it was not measured. */
export async function inferenceSection({summary, series, figures, tables}: InferenceSectionOptions): Promise<Markup> {
  const matched = matchedInference(summary);
  if (matched === undefined) return null;
  const {places, baseline, operators, sources, remarks} = matched;
  const styles = seriesStyles([...series, ...operators.filter((operator) => !series.includes(operator))]);
  const context: InferenceContext = {baseline, styles, figures, tables};
  const sentences = inferenceSentences(places);
  return html`<section aria-labelledby="inference-heading">
      <h2 id="inference-heading">Inference</h2>
      ${
        sentences.length === 0
          ? html`<p>Nothing that was measured is of these runs.</p>`
          : html`<ul>
              ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
            </ul>`
      }
      ${
        remarks.length === 0
          ? null
          : html`<p>To be read with the times:</p>
              <ul id="inference-remarks">
                ${remarks.map((remark) => html`<li>${remark}</li>`)}
              </ul>`
      }
      ${sourcesTable(sources, tables.next())}
      ${
        sentences.length === 0
          ? null
          : html`${modelTimesTable(places, baseline, styles, tables.next())}
              <p class="foot">${TIMES_METHOD}</p>
              ${await speedFigures(places, context)}`
      }
    </section>
    ${await layerTimesSection(places, {id: 'inference-layers-heading', title: 'Inference layer by layer'}, context)}`;
}
