// SPDX-License-Identifier: Apache-2.0
import type {ExperimentPart} from '@addernet/plugin';
import type {VNode} from 'preact';
import {differencesOf} from '../differences.js';
import {ABSENT, formatDuration, formatTime} from '../format.js';
import {scrollable} from './elements.js';
import type {Counter} from './figure.js';
import {html, type Markup} from './markup.js';

function partsTable(parts: readonly ExperimentPart[], tables: Counter): VNode {
  return scrollable(
    'Compared experiments',
    html`<table class="wide" id="experiments">
      <caption>
        Table ${tables.next()}. The compared experiments. Those with the same letter have the same settings of training
        and the same environment: their runs are averaged over seeds. All others stand side by side.
      </caption>
      <thead>
        <tr>
          <th scope="col"></th>
          <th scope="col">Folder</th>
          <th scope="col">Experiment</th>
          <th scope="col">Backend</th>
          <th scope="col">Commit</th>
          <th scope="col" class="number">Runs</th>
          <th scope="col" class="number">Started<small>UTC</small></th>
          <th scope="col" class="number">Duration</th>
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          ({label, folder, name, environment, runs, startedAt, seconds}) =>
            html`<tr>
              <th scope="row"><b>${label}</b></th>
              <td class="name">${folder}</td>
              <td class="name">${name}</td>
              <td>${environment['backend'] ?? ABSENT}</td>
              <td><code>${(environment['git.commit'] ?? ABSENT).slice(0, 10)}</code></td>
              <td class="number">${runs}</td>
              <td class="number">${formatTime(startedAt).replace(' UTC', '')}</td>
              <td class="number">${formatDuration(seconds)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function differencesTable(parts: readonly ExperimentPart[], tables: Counter): VNode {
  const differences = differencesOf(parts);
  if (differences.length === 0) {
    return html`<p>Their configurations and environments are the same.</p>`;
  }
  return scrollable(
    'Differences between the experiments',
    html`<table id="differences">
      <caption>
        Table ${tables.next()}. Where they differ: every setting and every entry of the environment that is not the same
        in all of them (command lines and folders left out).
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          ${parts.map(({label, folder}) => html`<th scope="col">${label}<small>${folder}</small></th>`)}
        </tr>
      </thead>
      ${(['configuration', 'environment'] as const).map((of) => {
        const own = differences.filter((difference) => difference.of === of);
        return own.length === 0
          ? null
          : html`<tbody>
              <tr class="group">
                <th scope="rowgroup" colspan=${parts.length + 1}>
                  ${of === 'configuration' ? 'Configuration' : 'Environment'}
                </th>
              </tr>
              ${own.map(
                ({name, values}) =>
                  html`<tr>
                    <th scope="row">${name}</th>
                    ${values.map((value) => html`<td class="value">${value ?? ABSENT}</td>`)}
                  </tr>`,
              )}
            </tbody>`;
      })}
    </table>`,
  );
}

/** Which experiments a comparison is of and in what they differ; nothing for a single experiment. */
export function comparisonSection(parts: readonly ExperimentPart[] | undefined, tables: Counter): Markup {
  return parts === undefined
    ? null
    : html`<section aria-labelledby="experiments-heading">
        <h2 id="experiments-heading">Experiments</h2>
        ${partsTable(parts, tables)} ${differencesTable(parts, tables)}
      </section>`;
}
