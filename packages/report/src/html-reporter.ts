// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, InferenceSummary, Reporter, RunRecords} from '@addernet/plugin';
import {renderInferencePage} from './html/inference-page.js';
import {renderPage} from './html/page.js';

/**
 * An experiment as one self-contained HTML document: results table, learning curves, throughput, mistakes, runs, configuration and environment. It
 * loads nothing and runs no script. The same summary and records give the same bytes.
 *
 * @param records what the runs recorded in files of their own, by run id; without it the report is without what is made of them
 */
export async function renderHtmlReport(
  summary: ExperimentSummary,
  records: ReadonlyMap<string, RunRecords> = new Map(),
): Promise<string> {
  return renderPage(summary, records);
}

/** The same for an experiment that measured inference: times of networks and of their layers, rooflines, counts, configuration and environment. */
export async function renderInferenceReport(summary: InferenceSummary): Promise<string> {
  return renderInferencePage(summary);
}

/** Writes report.html. */
export const htmlReporter: Reporter = {
  name: 'html',
  fileName: 'report.html',
  render: renderHtmlReport,
  renderInference: renderInferenceReport,
};
