// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {formatList, formatPercent} from '../format.js';
import {BACKGROUND, NEUTRAL, type SeriesStyle} from '../palette.js';
import {chanceLevel, dataPhrase} from '../provenance.js';
import type {Setting} from '../results.js';
import {curvesOf, type CurveMetric, type CurvePoint, type Curves} from './curve-data.js';
import type {Chart} from './render-svg.js';
import {chartConfig, dataLines, LABELLED_ONLY, wrapLines} from './theme.js';

const WIDTH = 420;
const TICKS = 5;
const HEIGHT = 250;
const SUBTITLE_CHARACTERS = 84;
/** Pixels of an operator's name in the legend. */
const LEGEND_LABEL = 320;
/** A loss that spans more than this is drawn on a logarithmic axis: one diverging epoch would flatten all others. */
const LOGARITHMIC_SPAN = 100;

const METRICS = {
  loss: {title: 'Loss', axis: 'Cross-entropy (nats)'},
  top1: {title: 'Top-1 accuracy', axis: 'Top-1 accuracy (%)'},
} as const satisfies Record<CurveMetric, {title: string; axis: string}>;

/** What the curves run over. */
export type CurveAxis = 'epochs' | 'time';

interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** In which a run's length is a number of one to three digits. */
function timeUnit(seconds: number): TimeUnit {
  if (seconds < 180) return {name: 'seconds', seconds: 1};
  return seconds < 3 * 3600 ? {name: 'minutes', seconds: 60} : {name: 'hours', seconds: 3600};
}

function isWideLoss(curves: Curves): boolean {
  const values = [...curves.main, ...curves.others].flatMap(({value}) => (value === null ? [] : [value]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most / least > LOGARITHMIC_SPAN;
}

function subtitleOf({data, architecture, backend}: Setting, isLogarithmic: boolean, lastEpoch: number): string[] {
  const scale = isLogarithmic ? ', logarithmic axis' : '';
  // Of a single epoch no line can be seen, whose dashes would tell train from test.
  const symbols = lastEpoch === 1 ? '; filled symbols: test, hollow: train' : '';
  return [
    ...dataLines(data, SUBTITLE_CHARACTERS),
    ...wrapLines(`${architecture}, ${backend} backend${scale}${symbols}`, SUBTITLE_CHARACTERS),
  ];
}

/** As many columns as fit the plot by Vega's own (generous) estimate of the width of text. */
function legendColumns(names: readonly string[]): number {
  const widest = Math.max(0, ...names.map((name) => Math.min(LEGEND_LABEL, 0.8 * 11 * name.length)));
  return Math.max(1, Math.floor(WIDTH / (widest + 36)));
}

type Layers = Extract<TopLevelSpec, {layer: unknown}>['layer'];

/** The guessing level as a dotted line, below everything else. */
function chanceLayers(chance: number | undefined): Layers {
  if (chance === undefined) {
    return [];
  }
  const data = {values: [{chance: chance * 100, text: `chance ${formatPercent(chance, chance < 0.1 ? 1 : 0)}`}]};
  const y = {field: 'chance', type: 'quantitative'} as const;
  const color = NEUTRAL.muted.light;
  return [
    {data, mark: {type: 'rule', color, strokeDash: [1, 3]}, encoding: {x: {value: 0}, x2: {value: WIDTH}, y}},
    {
      data,
      mark: {type: 'text', color, align: 'right', baseline: 'bottom', dy: -2, fontSize: 10},
      encoding: {y, x: {value: WIDTH}, text: {field: 'text'}},
    },
  ];
}

/**
 * Train (dashed, hollow symbols) and test (solid, filled symbols) curves of every operator of a setting. Undefined when no epoch was finished,
 * or none has a finite value.
 */
export function learningCurves(
  setting: Setting,
  metric: CurveMetric,
  styles: readonly SeriesStyle[],
  over: CurveAxis = 'epochs',
): Chart | undefined {
  const curves = curvesOf(setting, metric);
  const drawn = [...curves.main, ...curves.others].filter(({value}) => value !== null);
  if (drawn.length === 0) {
    return undefined;
  }
  const present = new Set(drawn.map(({operator}) => operator));
  const shown = styles.filter(({name}) => present.has(name));
  const names = shown.map(({name}) => name);
  const isLogarithmic = metric === 'loss' && isWideLoss(curves);
  const {title, axis} = METRICS[metric];
  const {lastEpoch} = curves;
  const longest = Math.max(...drawn.map(({seconds}) => seconds));
  const unit = timeUnit(longest);
  const rows = (points: readonly CurvePoint[]) =>
    points.map((point) => ({...point, time: point.seconds / unit.seconds}));
  const lowest = Math.min(...drawn.flatMap(({value}) => (value !== null && value > 0 ? [value] : [])));
  const band = curves.main
    .filter(({low}) => low !== undefined)
    // A logarithmic axis has no place for what is not positive; accuracies are not negative.
    .map((point) => ({...point, low: Math.max(point.low ?? 0, isLogarithmic ? lowest : 0)}));
  const color = {
    field: 'operator',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: shown.map((style) => style.color)},
    legend: {
      orient: 'top',
      columns: legendColumns(names),
      labelLimit: LEGEND_LABEL,
      symbolOpacity: 1,
      symbolSize: 64,
      offset: 6,
    },
  } as const;
  const shape = {
    field: 'operator',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: shown.map(({symbol}) => symbol)},
  } as const;
  const strokeDash = {
    field: 'split',
    type: 'nominal',
    title: null,
    scale: {
      domain: ['test', 'train'],
      range: [
        [1, 0],
        [5, 3],
      ],
    },
    legend:
      lastEpoch === 1
        ? null
        : {symbolType: 'stroke', symbolSize: 500, symbolStrokeColor: NEUTRAL.ink.light, symbolOpacity: 1},
  } as const;
  const lines = {detail: {field: 'line', type: 'nominal'}, color, strokeDash} as const;
  const spec: TopLevelSpec = {
    config: chartConfig,
    width: WIDTH,
    height: HEIGHT,
    title: {
      text: over === 'time' ? `${title} over training time` : title,
      subtitle: subtitleOf(setting, isLogarithmic, lastEpoch),
    },
    data: {values: []},
    encoding: {
      x:
        over === 'time'
          ? {
              field: 'time',
              type: 'quantitative',
              title: `Training time (${unit.name}), evaluation not counted`,
              scale: {domain: [0, longest / unit.seconds], nice: false, padding: 8},
              axis: {grid: false, tickCount: 6},
            }
          : {
              field: 'epoch',
              type: 'quantitative',
              title: 'Epoch',
              scale: {domain: lastEpoch > 1 ? [1, lastEpoch] : [0, 2], nice: false, padding: 8},
              axis: {
                grid: false,
                format: 'd',
                ...(lastEpoch > 12
                  ? {tickMinStep: 1}
                  : // With the step of 1 that the format implies, Vega leaves out the second of three values.
                    {values: Array.from({length: lastEpoch}, (_, index) => index + 1), tickMinStep: 0.5}),
              },
            },
      y: {
        field: 'value',
        type: 'quantitative',
        title: axis,
        scale: isLogarithmic ? {type: 'log'} : {zero: metric === 'top1', nice: TICKS},
        axis: {
          tickCount: TICKS,
          domain: false,
          ticks: false,
          minExtent: 40,
          ...(isLogarithmic ? {gridOpacity: LABELLED_ONLY} : {}),
        },
      },
    },
    layer: [
      ...(metric === 'top1' ? chanceLayers(chanceLevel(setting.data)) : []),
      {
        data: {values: rows(band)},
        mark: {type: 'area', opacity: 0.2, line: false},
        encoding: {
          detail: [{field: 'split', type: 'nominal'}],
          y: {field: 'low', type: 'quantitative'},
          y2: {field: 'high'},
          color,
        },
      },
      {
        data: {values: rows(curves.others)},
        mark: {type: 'line', strokeWidth: 1, opacity: 0.6},
        encoding: lines,
      },
      {data: {values: rows(curves.main)}, mark: {type: 'line', strokeWidth: 2}, encoding: lines},
      {
        data: {values: rows([...curves.others, ...curves.main]).filter(({symbol}) => symbol)},
        mark: {type: 'point', size: 40, strokeWidth: 1.5, opacity: 1},
        encoding: {
          color,
          shape,
          fill: {
            condition: {test: {field: 'split', equal: 'train'}, value: BACKGROUND.light},
            ...color,
            legend: null,
          },
        },
      },
    ],
  };
  const epochs = `${lastEpoch} ${lastEpoch === 1 ? 'epoch' : 'epochs'}`;
  const description =
    `Line chart over ${over === 'time' ? `the training time of ${epochs}` : epochs}: ${axis.toLowerCase()} on training and test images for ` +
    `${formatList(names)}. ${dataPhrase(setting.data)}. ${setting.architecture}, ${setting.backend} backend.` +
    (band.length > 0 ? ' Lines are means over seeds; bands reach one standard deviation to both sides.' : '') +
    (curves.others.length > 0 ? ' Thin lines are runs that did not finish.' : '');
  return {
    title: `${title}${over === 'time' ? ' over training time' : ''}, ${setting.architecture}, ${dataPhrase(setting.data)}`,
    description,
    spec,
    widthFromPlot: WIDTH + 14,
  };
}
