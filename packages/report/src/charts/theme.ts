// SPDX-License-Identifier: Apache-2.0
import type {Config} from 'vega-lite';
import {NEUTRAL} from '../palette.js';
import {dataLabel, testImagesPhrase, trainImagesPhrase, type RunData} from '../provenance.js';

const CHART_FONT = 'Helvetica, Arial, sans-serif';

/** Pixels around a chart. */
export const PADDING = {left: 2, right: 8, top: 2, bottom: 2} as const;

/**
 * Plain colours of paper, so that a chart taken out of the report (into a drawing program or a LaTeX document) is complete without the
 * report's style sheet, which maps exactly these colours to dark ones on a dark screen.
 */
export const chartConfig: Config = {
  aria: false,
  background: 'transparent',
  font: CHART_FONT,
  padding: PADDING,
  view: {stroke: null},
  title: {
    anchor: 'start',
    frame: 'bounds',
    color: NEUTRAL.ink.light,
    fontSize: 14,
    fontWeight: 600,
    subtitleColor: NEUTRAL.muted.light,
    subtitleFontSize: 11,
    subtitleLineHeight: 14,
    subtitlePadding: 4,
    offset: 10,
  },
  axis: {
    domainColor: NEUTRAL.axis.light,
    gridColor: NEUTRAL.grid.light,
    tickColor: NEUTRAL.axis.light,
    labelColor: NEUTRAL.ink.light,
    labelFontSize: 11,
    titleColor: NEUTRAL.ink.light,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titlePadding: 8,
  },
  legend: {
    orient: 'bottom',
    direction: 'horizontal',
    titleColor: NEUTRAL.muted.light,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titleOrient: 'left',
    labelColor: NEUTRAL.ink.light,
    labelFontSize: 11,
    symbolStrokeWidth: 2,
    offset: 8,
    rowPadding: 4,
  },
};

/** A logarithmic axis has a grid line for each digit of each decade, but few labels. */
export const LABELLED_ONLY = {condition: {test: "datum.label !== ''", value: 1}, value: 0} as const;

/** Breaks text into lines of at most `width` characters, at spaces where there are any, so that nothing of it is cut off. */
export function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/u)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** The data's label and sizes, for a chart's subtitle: so that a chart taken out of the report still says what it was measured on. */
export function dataLines(data: RunData, width: number): string[] {
  return [
    ...wrapLines(dataLabel(data), width),
    ...wrapLines(`${trainImagesPhrase(data)}, ${testImagesPhrase(data)}`, width),
  ];
}
