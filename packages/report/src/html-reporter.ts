// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, Reporter} from '@addernet/plugin';
import {renderPage} from './html/page.js';

/**
 * An experiment as one self-contained HTML document: results table, learning curves, throughput, runs, configuration and environment. It loads
 * nothing and runs no script. The same summary gives the same bytes.
 */
export async function renderHtmlReport(summary: ExperimentSummary): Promise<string> {
  return renderPage(summary);
}

/** Writes report.html. */
export const htmlReporter: Reporter = {name: 'html', fileName: 'report.html', render: renderHtmlReport};
