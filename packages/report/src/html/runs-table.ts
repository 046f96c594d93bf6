// SPDX-License-Identifier: Apache-2.0
import type {RunSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {
  ABSENT,
  accuracyDigits,
  formatDuration,
  formatFixed,
  formatPercentValue,
  formatSpeed,
  formatTime,
} from '../format.js';
import {dataLabel, testImagesPhrase, trainImagesPhrase} from '../provenance.js';
import type {DataGroup, Results} from '../results.js';
import {dataLabelMarkup, scrollable} from './elements.js';
import {html, type Markup} from './markup.js';

const COLUMNS = 12;

function runRow(run: RunSummary): VNode {
  const {final, epochs, epochsPlanned} = run;
  const digits = accuracyDigits(run.testImages);
  return html`<tr>
    <th scope="row" class="name id">${run.id}</th>
    <td class="name">${run.architecture}<small>${run.backend}</small></td>
    <td class="name">${run.operator}${run.recipe === undefined ? null : html`<small>${run.recipe.name}</small>`}</td>
    <td class="number">${run.seed}</td>
    <td class="number">${final ? formatPercentValue(final.top1, digits) : ABSENT}</td>
    <td class="number">${final ? formatPercentValue(final.top5, digits) : ABSENT}</td>
    <td class="number">${final ? formatFixed(final.loss, 3) : ABSENT}</td>
    <td class="number">${final ? formatSpeed(final.imagesPerSecond) : ABSENT}</td>
    <td class="number">${epochs.length === epochsPlanned ? epochsPlanned : `${epochs.length} of ${epochsPlanned}`}</td>
    <td class="number">${formatDuration(run.seconds)}</td>
    <td class="number">${formatTime(run.startedAt).replace(' UTC', '')}</td>
    <td class=${run.status === 'finished' ? '' : 'bad'}>${run.status}</td>
  </tr>`;
}

function runsOf({settings}: DataGroup): readonly RunSummary[] {
  return settings.flatMap(({results}) => results.flatMap(({runs}) => runs));
}

/** Every run by itself. */
export function runsTable({groups}: Results, number: number): VNode {
  return scrollable(
    'Table of runs',
    html`<table class="wide" id="runs">
      <caption>
        Table ${number}. Every run by itself, named after its folder. Figures of its last finished epoch; duration with
        evaluation.
      </caption>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Architecture<small>backend</small></th>
          <th scope="col">Operator</th>
          <th scope="col" class="number">Seed</th>
          <th scope="col" class="number">Top-1<small>%</small></th>
          <th scope="col" class="number">Top-5<small>%</small></th>
          <th scope="col" class="number">Loss<small>nats</small></th>
          <th scope="col" class="number">Images/s<small>training</small></th>
          <th scope="col" class="number">Epochs</th>
          <th scope="col" class="number">Duration</th>
          <th scope="col" class="number">Started<small>UTC</small></th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      ${groups.map(
        (group) =>
          html`<tbody>
            <tr class="group">
              <th scope="rowgroup" colspan=${COLUMNS}>
                ${dataLabelMarkup(group.data)} · ${trainImagesPhrase(group.data)} · ${testImagesPhrase(group.data)}
              </th>
            </tr>
            ${runsOf(group).map(runRow)}
          </tbody>`,
      )}
    </table>`,
  );
}

/** Why runs did not finish; nothing when all did. */
export function unfinishedRuns({groups}: Results): Markup {
  const unfinished = groups.flatMap(runsOf).filter(({status}) => status !== 'finished');
  if (unfinished.length === 0) {
    return null;
  }
  return html`<section aria-labelledby="unfinished-heading">
    <h3 id="unfinished-heading">Runs that did not finish</h3>
    <dl>
      ${unfinished.map(
        (run) => html`
          <dt>${run.id} <span class="bad">${run.status}</span></dt>
          <dd>
            ${run.architecture}, ${run.operator}, seed ${run.seed}, on ${dataLabel(run)}: ${run.epochs.length} of
            ${' '}${run.epochsPlanned} epochs.${run.error === undefined ? null : html`<pre>${run.error}</pre>`}
          </dd>
        `,
      )}
    </dl>
  </section>`;
}
