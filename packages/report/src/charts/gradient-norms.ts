// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {formatList, formatSignificant} from '../format.js';
import {BACKGROUND, type SeriesStyle} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig, LABELLED_ONLY, wrapLines} from './theme.js';

const WIDTH = 420;
const HEIGHT = 220;
const SUBTITLE_CHARACTERS = 84;

/** A layer's gradient norm in one network. */
interface NormPoint {
  readonly series: string;
  readonly layer: string;
  readonly norm: number;
  /** Whether the layer is of the operator that the network is named after. */
  readonly own: boolean;
}

export interface GradientNormsOptions {
  readonly title: string;
  readonly subtitle: string;
  /** Layers from the input on. */
  readonly layers: readonly string[];
  readonly points: readonly NormPoint[];
  readonly styles: readonly SeriesStyle[];
  /** Of the norms, so that two charts can be compared. */
  readonly domain: readonly [number, number];
}

/** ‖∇F‖₂ by layer, on a logarithmic axis. Undefined where there is no positive norm. */
export function gradientNormsChart(options: GradientNormsOptions): Chart | undefined {
  const {title, subtitle, layers, styles, domain} = options;
  const points = options.points
    .filter(({norm}) => norm > 0 && Number.isFinite(norm))
    .map((point) => ({...point, place: layers.indexOf(point.layer) + 1}));
  if (points.length === 0) return undefined;
  const shown = styles.filter(({name}) => points.some(({series}) => series === name));
  const names = shown.map(({name}) => name);
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: shown.map((style) => style.color)},
    legend: {orient: 'top', symbolOpacity: 1, symbolSize: 64, offset: 6, labelLimit: 320},
  } as const;
  const spec: TopLevelSpec = {
    config: chartConfig,
    width: WIDTH,
    height: HEIGHT,
    title: {text: title, subtitle: wrapLines(subtitle, SUBTITLE_CHARACTERS)},
    data: {values: points},
    encoding: {
      x: {
        field: 'place',
        type: 'quantitative',
        title: 'Layer, from the input on',
        scale: {domain: [1, Math.max(2, layers.length)], nice: false, padding: 10},
        axis: {grid: false, tickMinStep: 1, format: 'd', tickCount: Math.min(12, layers.length)},
      },
      y: {
        field: 'norm',
        type: 'quantitative',
        title: 'Norm of the filters’ gradient',
        scale: {type: 'log', domain: [...domain], nice: true},
        axis: {domain: false, ticks: false, minExtent: 44, format: '~g', tickCount: 5, gridOpacity: LABELLED_ONLY},
      },
    },
    layer: [
      {mark: {type: 'line', strokeWidth: 1.5, opacity: 0.7}, encoding: {color, detail: {field: 'series'}}},
      {
        mark: {type: 'point', size: 44, strokeWidth: 1.5, opacity: 1},
        encoding: {
          color,
          shape: {
            field: 'series',
            type: 'nominal',
            title: null,
            scale: {domain: names, range: shown.map(({symbol}) => symbol)},
          },
          fill: {condition: {test: {field: 'own', equal: false}, value: BACKGROUND.light}, ...color, legend: null},
        },
      },
    ],
  };
  const step = layers.length > 1 ? (WIDTH - 20) / (layers.length - 1) : WIDTH;
  const ranges = names.map((name) => {
    const norms = points.filter(({series}) => series === name).map(({norm}) => norm);
    return `${name} ${formatSignificant(Math.min(...norms))} to ${formatSignificant(Math.max(...norms))}`;
  });
  return {
    title,
    description: `Line chart over ${layers.length} layers: norms of the filters' gradients, ${formatList(ranges)}. ${subtitle}.`,
    spec,
    widthFromPlot: WIDTH + 14,
    hovers: layers.map((layer, index) => ({
      x: Math.max(0, 10 + (index - 0.5) * step),
      y: 0,
      width: step,
      height: HEIGHT,
      text: `${index + 1}, ${layer}: ${points
        .filter((point) => point.layer === layer)
        .map(({series, norm}) => `${series} ${formatSignificant(norm)}`)
        .join(', ')}`,
    })),
  };
}
