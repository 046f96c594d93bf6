// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary} from '@addernet/plugin';
import {parseHTML} from 'linkedom';
import {renderHtmlReport} from '../src/index.js';
import {withCosts} from './costs-fixtures.js';
import {
  makeSummary,
  manyOperators,
  nothingFinished,
  oneEpoch,
  seededOnPartialData,
  syntheticTwins,
  twins,
} from './fixtures.js';

export async function render(summary: ExperimentSummary) {
  const text = await renderHtmlReport(summary);
  const {document} = parseHTML(text);
  return {text, document};
}

const rendered = new Map<string, ReturnType<typeof render>>();

/** Rendered once for each summary. */
export function report(summary: ExperimentSummary): ReturnType<typeof render> {
  const key = JSON.stringify(summary);
  const page = rendered.get(key) ?? render(summary);
  rendered.set(key, page);
  return page;
}

export type Page = Awaited<ReturnType<typeof report>>['document'];

export function textOf(element: {textContent: string | null} | null): string {
  return (element?.textContent ?? '').replace(/\s+/gu, ' ').trim();
}

/** Rows of figures as lists of cell texts; cells that span rows are in the first one only. */
export function rowsOf(document: Page, table: string): string[][] {
  return [...document.querySelectorAll(`${table} tbody tr:not(.group)`)].map((row) => [...row.children].map(textOf));
}

export function chartsOf(document: Page) {
  return [...document.querySelectorAll('figure svg')];
}

/** What stands under a chart's title, its lines joined. */
export function subtitleOf(chart: ReturnType<typeof chartsOf>[number]): string {
  const lines = [...chart.querySelectorAll('.role-title-subtitle text')].flatMap((text) => {
    const spans = [...text.querySelectorAll('tspan')];
    return (spans.length > 0 ? spans : [text]).map(textOf);
  });
  return lines.join(' ');
}

export const everything: Record<string, () => ExperimentSummary> = {
  twins,
  withCosts,
  syntheticTwins,
  seededOnPartialData,
  manyOperators,
  oneEpoch,
  nothingFinished,
  'no runs': () => makeSummary([]),
};
