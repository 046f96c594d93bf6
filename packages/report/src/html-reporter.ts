// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, InferenceSummary, Reporter} from '@addernet/plugin';
import {renderInferencePage} from './html/inference-page.js';
import {renderPage} from './html/page.js';

/**
 * An experiment as one self-contained HTML document: results table, learning curves, throughput, runs, configuration and environment. It loads
 * nothing and runs no script. The same summary gives the same bytes.
 */
export async function renderHtmlReport(summary: ExperimentSummary): Promise<string> {
  return renderPage(summary);
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
