// SPDX-License-Identifier: Apache-2.0
import type {FeatureMap, RunSummary} from '@addernet/plugin';
import type {TopLevelSpec} from 'vega-lite';
import {BACKGROUND, CLASS_COLORS, CLASS_SYMBOLS, NEUTRAL} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig, dataLines, wrapLines} from './theme.js';

const SIZE = 420;
const SUBTITLE_CHARACTERS = 84;
const LEGEND_COLUMNS = 5;
/** Room around the outermost points, as a fraction of the extent. */
const MARGIN = 0.04;

type Layers = Extract<TopLevelSpec, {layer: unknown}>['layer'];

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

const isFinitePoint = ({x, y}: Point): boolean => Number.isFinite(x) && Number.isFinite(y);

/** The classes that are drawn: as many as there are colours, evenly spaced among them. */
export function shownClasses({classNames}: FeatureMap): readonly number[] {
  const count = Math.min(classNames.length, CLASS_COLORS.length);
  return Array.from({length: count}, (_, index) => Math.floor((index * classNames.length) / count));
}

function nameOf({classNames}: FeatureMap, label: number): string {
  return classNames[label] ?? String(label);
}

/** The images that are drawn: those of the shown classes whose features are finite. */
export function shownPoints(features: FeatureMap): readonly Point[] {
  const classes = new Set(shownClasses(features));
  return features.points
    .filter(([, , label]) => classes.has(label))
    .map(([x, y, label]) => ({x, y, label: nameOf(features, label)}))
    .filter(isFinitePoint);
}

/** How the features became points, in words. */
function featureMethod({method, dimensions}: FeatureMap): string {
  return method === 'plain' ? 'the two features themselves' : `${dimensions} features, embedded by UMAP`;
}

interface Square {
  readonly x: [number, number];
  readonly y: [number, number];
}

/** A square of the plane that holds all points: one unit is as long on one axis as on the other. */
function squareAround(points: readonly Point[]): Square {
  const range = (values: readonly number[]) => ({low: Math.min(...values), high: Math.max(...values)});
  const x = range(points.map((point) => point.x));
  const y = range(points.map((point) => point.y));
  const half = ((1 + MARGIN) * Math.max(x.high - x.low, y.high - y.low, Number.MIN_VALUE)) / 2;
  const around = ({low, high}: {readonly low: number; readonly high: number}): [number, number] => [
    (low + high) / 2 - half,
    (low + high) / 2 + half,
  ];
  return {x: around(x), y: around(y)};
}

/** The filters of the shown classes. */
function filterPoints(features: FeatureMap): readonly Point[] {
  const values = features.filters?.values ?? [];
  return shownClasses(features)
    .map((label): Point => {
      const [x = NaN, y = NaN] = values[label] ?? [];
      return {x, y, label: nameOf(features, label)};
    })
    .filter(isFinitePoint);
}

/** Where a ray from the origin, which is in the square, leaves it. Undefined for a direction that is none. */
function rayEnd({x, y, label}: Point, square: Square): Point | undefined {
  const reach = (step: number, [low, high]: readonly [number, number]): number =>
    step === 0 ? Infinity : (step > 0 ? high : low) / step;
  const length = Math.min(reach(x, square.x), reach(y, square.y));
  return Number.isFinite(length) ? {x: x * length, y: y * length, label} : undefined;
}

const axis = (field: 'x' | 'y') => ({field, type: 'quantitative'}) as const;

const colorScale = (names: readonly string[]) => ({domain: [...names], range: CLASS_COLORS.slice(0, names.length)});

/** Rays from the origin where filters are directions, ringed points where they are centres. */
function filterLayers(features: FeatureMap, square: Square, names: readonly string[]): Layers {
  const filters = filterPoints(features);
  const color = {field: 'label', type: 'nominal', scale: colorScale(names), legend: null} as const;
  if (features.filters?.kind === 'directions') {
    const rays = filters.flatMap((filter) => rayEnd(filter, square) ?? []);
    return [
      {
        data: {values: rays.map((ray) => ({...ray, zero: 0}))},
        mark: {type: 'rule', strokeWidth: 1.5},
        encoding: {
          x: {...axis('x'), field: 'zero'},
          y: {...axis('y'), field: 'zero'},
          x2: {field: 'x'},
          y2: {field: 'y'},
          color,
        },
      },
    ];
  }
  return [
    {
      data: {values: [...filters]},
      mark: {type: 'point', shape: 'circle', size: 110, opacity: 1, stroke: NEUTRAL.ink.light, strokeWidth: 2},
      encoding: {x: axis('x'), y: axis('y'), fill: color},
    },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The classes' names where most of their images are, on a rim in the colour of the page, so that they can be read on points. */
function nameLayers(points: readonly Point[], names: readonly string[]): Layers {
  const values = names.flatMap((label) => {
    const own = points.filter((point) => point.label === label);
    return own.length === 0 ? [] : [{label, x: median(own.map(({x}) => x)), y: median(own.map(({y}) => y))}];
  });
  const encoding = {x: axis('x'), y: axis('y'), text: {field: 'label'}} as const;
  const font = {type: 'text', fontSize: 13, fontWeight: 'bold'} as const;
  const paper = BACKGROUND.light;
  return [
    {data: {values}, mark: {...font, color: paper, stroke: paper, strokeWidth: 4}, encoding},
    {data: {values}, mark: {...font, color: NEUTRAL.ink.light}, encoding},
  ];
}

/** A run's features as a scatter of points in the colours and symbols of their classes. Undefined where none is finite. */
export function featureChart(run: RunSummary, features: FeatureMap, name: string): Chart | undefined {
  const points = shownPoints(features);
  if (points.length === 0) return undefined;
  const names = shownClasses(features).map((label) => nameOf(features, label));
  const isPlain = features.method === 'plain';
  // Rays begin at the origin; centres are points themselves.
  const anchors = features.filters?.kind === 'directions' ? [{x: 0, y: 0, label: ''}] : filterPoints(features);
  const square = squareAround([...points, ...anchors]);
  const scaled = (field: 'x' | 'y') =>
    ({
      ...axis(field),
      title: isPlain ? (field === 'x' ? 'Feature 1' : 'Feature 2') : null,
      scale: {domain: square[field], nice: false, zero: false},
      axis: isPlain ? {tickCount: 5, grid: false} : {labels: false, ticks: false, grid: false, domain: false},
    }) as const;
  const legend = {
    title: 'Class',
    columns: LEGEND_COLUMNS,
    symbolSize: 70,
    symbolOpacity: 1,
    symbolStrokeWidth: 0,
  } as const;
  const byClass = {field: 'label', type: 'nominal', legend} as const;
  const spec: TopLevelSpec = {
    config: chartConfig,
    width: SIZE,
    height: SIZE,
    title: {
      text: name,
      subtitle: [
        ...dataLines(run, SUBTITLE_CHARACTERS),
        ...wrapLines(`${run.architecture}, ${featureMethod(features)}`, SUBTITLE_CHARACTERS),
      ],
    },
    data: {values: []},
    layer: [
      {
        data: {values: [...points]},
        mark: {type: 'point', filled: true, size: 16, opacity: 0.8},
        encoding: {
          x: scaled('x'),
          y: scaled('y'),
          color: {...byClass, scale: colorScale(names)},
          shape: {...byClass, scale: {domain: names, range: names.map((_, index) => symbolOf(index))}},
        },
      },
      ...filterLayers(features, square, names),
      ...nameLayers(points, names),
    ],
  };
  return {
    title: `Features of ${run.architecture}, ${name}`,
    description:
      `Scatter of ${points.length} test images by the inputs of the last layer (${featureMethod(features)}), in the colours and symbols of ` +
      `${names.length} classes: ${names.join(', ')}.`,
    spec,
    widthFromPlot: SIZE + 14,
  };
}

function symbolOf(index: number): string {
  return CLASS_SYMBOLS[index % CLASS_SYMBOLS.length] ?? 'circle';
}
