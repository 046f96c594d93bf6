// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {className, classOrder, mostConfused, shareOf, type Confusion} from '../confusion.js';
import {formatPercent} from '../format.js';
import {HEAT_COLORS, NEUTRAL} from '../palette.js';
import type {Chart, Hover} from './render-svg.js';
import {chartConfig, wrapLines} from './theme.js';

const SIDE = 400;
const SUBTITLE_CHARACTERS = 80;
/** Smaller shares are not drawn: they are many, and nobody would see them. */
const SMALLEST_SHARE = 0.01;
/** Upper ends of the first four of the five shades. */
const STEPS = [0.05, 0.15, 0.3, 0.6];
/** Pairs with a text of their own. */
const HOVERED_PAIRS = 150;
/** Pixels of the longest label of a group, left of the plot and below it. */
const [LABELS_LEFT, LABELS_BELOW] = [160, 128];

export interface ConfusionChartOptions {
  readonly confusion: Confusion;
  /** Stands under the title. */
  readonly subtitle: string;
}

interface Label {
  readonly place: number;
  readonly text: string;
}

/** Where groups of classes begin and what they are called. */
function groupsIn(
  confusion: Confusion,
  order: readonly number[],
): {starts: readonly number[]; labels: readonly Label[]} {
  const groups = confusion.classGroups ?? [];
  const spans = groups.map(({name, classes}) => {
    const places = classes.map((label) => order.indexOf(label));
    return {
      start: Math.min(...places),
      place: places.reduce((sum, place) => sum + place + 0.5, 0) / places.length,
      name,
    };
  });
  return {
    starts: spans.map(({start}) => start).filter((start) => start > 0),
    labels: spans.map(({place, name}) => ({place, text: className(name)})),
  };
}

/** One text for each class's row, and one for each of the most confused pairs. */
function hoversOf(confusion: Confusion, order: readonly number[], cell: number): readonly Hover[] {
  const nameOf = (label: number) => className(confusion.classNames[label]);
  const percent = (label: number, predicted: number) => formatPercent(shareOf(confusion, label, predicted), 0);
  const rows = order.map((label, row): Hover => {
    const wrong = order
      .filter((predicted) => predicted !== label && shareOf(confusion, label, predicted) > 0)
      .toSorted((a, b) => shareOf(confusion, label, b) - shareOf(confusion, label, a))
      .slice(0, 3)
      .map((predicted) => `${nameOf(predicted)} ${percent(label, predicted)}`);
    const text = `${nameOf(label)}: right ${percent(label, label)}${wrong.length === 0 ? '' : `; taken for ${wrong.join(', ')}`}`;
    return {x: 0, y: row * cell, width: order.length * cell, height: cell, text};
  });
  const pairs = mostConfused([confusion], HOVERED_PAIRS).map(({label, predicted}): Hover => ({
    x: order.indexOf(predicted) * cell,
    y: order.indexOf(label) * cell,
    width: cell,
    height: cell,
    text: `${nameOf(label)} taken for ${nameOf(predicted)}: ${percent(label, predicted)}`,
  }));
  return [...rows, ...pairs];
}

/**
 * The confusion matrix of many classes as a picture: true classes from top to bottom, predicted ones from left to right, both in the order of
 * their groups.
 */
export function confusionChart({confusion, subtitle}: ConfusionChartOptions): Chart {
  const order = classOrder(confusion);
  // Whole pixels, so that cells meet without seams and coordinates are short.
  const cell = Math.max(1, Math.floor(SIDE / order.length));
  const side = cell * order.length;
  const {starts, labels} = groupsIn(confusion, order);
  const cells = order.flatMap((label, row) =>
    order.flatMap((predicted, column) => {
      const share = shareOf(confusion, label, predicted);
      return share < SMALLEST_SHARE
        ? []
        : [{x: column, x2: column + 1, y: row, y2: row + 1, shade: STEPS.filter((step) => share > step).length}];
    }),
  );
  const shades = HEAT_COLORS.map(({light}) => light);
  const bounds = [SMALLEST_SHARE, ...STEPS, 1].map((share) => `${Math.round(share * 100)}`);
  const names = shades.map((_, index) => `${bounds[index] ?? ''}–${bounds[index + 1] ?? ''} %`);
  const ends = [0, order.length];
  const scale: {domain: number[]; nice: false; zero: false} = {domain: ends, nice: false, zero: false};
  const x = {field: 'x', type: 'quantitative', scale, axis: null} as const;
  const y = {field: 'y', type: 'quantitative', scale: {...scale, reverse: true}, axis: null} as const;
  const text = {color: NEUTRAL.ink.light, fontSize: labels.length === 0 ? 11 : 10} as const;
  const lines = [...starts, ...ends];
  const title = `Confusion matrix, ${confusion.series}`;
  const spec: TopLevelSpec = {
    config: chartConfig,
    width: side,
    height: side,
    title: {text: title, subtitle: wrapLines(subtitle, SUBTITLE_CHARACTERS), frame: 'group'},
    data: {values: []},
    layer: [
      {
        data: {values: cells.map(({shade, ...place}) => ({...place, share: names[shade]}))},
        mark: {type: 'rect'},
        encoding: {
          x,
          x2: {field: 'x2'},
          y,
          y2: {field: 'y2'},
          color: {
            field: 'share',
            type: 'nominal',
            title: null,
            scale: {domain: names, range: shades},
            legend: {orient: 'top', symbolType: 'square', symbolSize: 90, symbolStrokeWidth: 0, offset: 6},
          },
        },
      },
      {
        data: {values: lines.map((line) => ({line, from: 0, to: order.length}))},
        layer: [
          {
            mark: {type: 'rule', color: NEUTRAL.grid.light, strokeWidth: 1},
            encoding: {x: {...x, field: 'line'}, y: {...y, field: 'from'}, y2: {field: 'to'}},
          },
          {
            mark: {type: 'rule', color: NEUTRAL.grid.light, strokeWidth: 1},
            encoding: {y: {...y, field: 'line'}, x: {...x, field: 'from'}, x2: {field: 'to'}},
          },
        ],
      },
      {
        data: {values: [...labels]},
        layer: [
          {
            mark: {...text, type: 'text', align: 'right', baseline: 'middle', dx: -6},
            encoding: {y: {...y, field: 'place'}, x: {value: 0}, text: {field: 'text'}},
          },
          {
            mark: {...text, type: 'text', align: 'right', baseline: 'middle', angle: -55, dx: -6, dy: 2},
            encoding: {x: {...x, field: 'place'}, y: {value: side}, text: {field: 'text'}},
          },
        ],
      },
    ],
  };
  return {
    title,
    description:
      `Heat map of ${order.length} true classes (rows) against the predicted ones (columns). The most confused: ` +
      `${mostConfused([confusion], 5)
        .map(
          ({label, predicted, mean}) =>
            `${className(confusion.classNames[label])} taken for ${className(confusion.classNames[predicted])} ${formatPercent(mean, 0)}`,
        )
        .join('; ')}. ${subtitle}.`,
    spec,
    widthFromPlot: side + 8,
    ...(labels.length === 0 ? {} : {leftOfPlot: LABELS_LEFT, heightFromPlot: side + LABELS_BELOW}),
    hovers: hoversOf(confusion, order, cell),
  };
}
