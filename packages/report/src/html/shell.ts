// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import type {VNode} from 'preact';
import {renderToString} from 'preact-render-to-string';
import {html, type Markup} from './markup.js';
import {STYLE} from './style.js';

/** Nothing is loaded and nothing runs, whatever the names and errors of plugins contain. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface ShellOptions {
  readonly title: string;
  /** What it is of, for the title of the window, e.g. 'experiment cifar100'. */
  readonly subject: string;
  /** What it was made from. */
  readonly source: string;
  readonly header: Markup;
  readonly main: Markup;
}

/** Where the reports of experiments come from. */
export const SUMMARY_FILE = 'the experiment’s summary.json';

/** A self-contained document around a report's header and sections. */
export function renderShell({title, subject, source, header, main}: ShellOptions): string {
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content=${CONTENT_SECURITY_POLICY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="generator" content="@addernet/report" />
      <title>${title}: ${subject}</title>
      <style dangerouslySetInnerHTML=${{__html: STYLE}} />
    </head>
    <body>
      <header>${header}</header>
      <main>${main}</main>
      <footer>Made by @addernet/report from ${source}.</footer>
    </body>
  </html>`;
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/** What must be read with the numbers. */
export function notesSection(notes: readonly string[]): Markup {
  return notes.length === 0
    ? null
    : html`<section aria-labelledby="notes-heading">
        <h3 id="notes-heading">Notes</h3>
        <ul>
          ${notes.map((note) => html`<li>${note}</li>`)}
        </ul>
      </section>`;
}

/** How the experiment was made, to be unfolded. */
export function appendix({config, environment}: Pick<ExperimentSummary, 'config' | 'environment'>): VNode {
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
