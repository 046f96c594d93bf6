// SPDX-License-Identifier: Apache-2.0
import type {WeightsRecord} from '@addernet/plugin';
import type {TopLevelSpec} from 'vega-lite';
import {formatFixed, formatList} from '../format.js';
import {NEUTRAL, type SeriesStyle} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig, wrapLines} from './theme.js';

const WIDTH = 190;
const HEIGHT = 84;
const COLUMNS = 3;
const SUBTITLE_CHARACTERS = 120;
/** Standard deviations to both sides of the mean that are drawn. */
const REACH = 5;
/** Points of a fitted curve. */
const SAMPLES = 80;

type WeightLayer = WeightsRecord['layers'][number];

export interface WeightHistogramsOptions {
  readonly title: string;
  readonly subtitle: string;
  readonly layers: readonly WeightLayer[];
  readonly style: SeriesStyle;
}

interface Point {
  readonly panel: string;
  readonly weight: number;
  readonly density: number;
}

/** The distribution with the higher likelihood, and by how much; undefined where there is no fit. */
export function betterFit({
  summary: {gaussian, laplace},
}: Pick<WeightLayer, 'summary'>): {readonly name: 'Gaussian' | 'Laplace'; readonly gain: number} | undefined {
  if (gaussian === undefined || laplace === undefined) return undefined;
  const gain = laplace.logLikelihood - gaussian.logLikelihood;
  return {name: gain > 0 ? 'Laplace' : 'Gaussian', gain: Math.abs(gain)};
}

function rangeOf({summary}: WeightLayer): readonly [number, number] {
  const reach = REACH * summary.standardDeviation;
  return [Math.max(summary.minimum, summary.mean - reach), Math.min(summary.maximum, summary.mean + reach)];
}

/** Density of the histogram as steps: a point at each bin's left edge, and one at the end. */
function steps(
  {histogram: {minimum, maximum, counts}}: WeightLayer,
  panel: string,
  [low, high]: readonly [number, number],
): readonly Point[] {
  const width = (maximum - minimum) / counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const points = counts.map((count, index) => ({
    panel,
    weight: minimum + index * width,
    density: count / (total * width),
  }));
  return [...points, {panel, weight: maximum, density: 0}].filter(
    ({weight}) => weight >= low - width && weight <= high,
  );
}

function fits({summary: {gaussian, laplace}}: WeightLayer, panel: string, [low, high]: readonly [number, number]) {
  return Array.from({length: SAMPLES + 1}, (_, index) => low + ((high - low) * index) / SAMPLES).flatMap((weight) => [
    ...(gaussian === undefined
      ? []
      : [
          {
            panel,
            weight,
            fit: 'Gaussian',
            density:
              Math.exp(-(((weight - gaussian.mean) / gaussian.standardDeviation) ** 2) / 2) /
              (gaussian.standardDeviation * Math.sqrt(2 * Math.PI)),
          },
        ]),
    ...(laplace === undefined
      ? []
      : [
          {
            panel,
            weight,
            fit: 'Laplace',
            density: Math.exp(-Math.abs(weight - laplace.median) / laplace.scale) / (2 * laplace.scale),
          },
        ]),
  ]);
}

/** The weights of some layers as histograms with the Gaussian and the Laplace distribution of the highest likelihood. Undefined where no layer has a fit. */
export function weightHistograms({title, subtitle, layers, style}: WeightHistogramsOptions): Chart | undefined {
  const drawn = layers.flatMap((layer) => {
    const fit = betterFit(layer);
    return fit === undefined
      ? []
      : [{layer, fit, panel: `${layer.layer}: ${fit.name} by ${formatFixed(fit.gain, 2)} nats`}];
  });
  if (drawn.length === 0) return undefined;
  const histograms = drawn.flatMap(({layer, panel}) => steps(layer, panel, rangeOf(layer)));
  const curves = drawn.flatMap(({layer, panel}) => fits(layer, panel, rangeOf(layer)));
  const x = {
    field: 'weight',
    type: 'quantitative',
    title: null,
    scale: {zero: false, nice: false},
    axis: {grid: false, tickCount: 4},
  } as const;
  const y = {field: 'density', type: 'quantitative', title: null, axis: null} as const;
  const spec: TopLevelSpec = {
    config: chartConfig,
    title: {text: title, subtitle: wrapLines(subtitle, SUBTITLE_CHARACTERS)},
    data: {values: [...histograms.map((point) => ({...point, fit: 'weights'})), ...curves]},
    columns: COLUMNS,
    spacing: 18,
    facet: {
      field: 'panel',
      type: 'nominal',
      title: null,
      sort: drawn.map(({panel}) => panel),
      header: {
        labelAnchor: 'start',
        labelColor: NEUTRAL.ink.light,
        labelFontSize: 10,
        labelLimit: 400,
        labelPadding: 3,
      },
    },
    resolve: {scale: {x: 'independent', y: 'independent'}},
    spec: {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          transform: [{filter: {field: 'fit', equal: 'weights'}}],
          mark: {type: 'area', interpolate: 'step-after', color: style.color, opacity: 0.45},
          encoding: {x, y},
        },
        {
          transform: [{filter: {field: 'fit', oneOf: ['Gaussian', 'Laplace']}}],
          mark: {type: 'line', color: NEUTRAL.ink.light, strokeWidth: 1.25},
          encoding: {
            x,
            y,
            strokeDash: {
              field: 'fit',
              type: 'nominal',
              title: null,
              scale: {
                domain: ['Laplace', 'Gaussian'],
                range: [
                  [1, 0],
                  [4, 3],
                ],
              },
              legend: {orient: 'bottom', symbolType: 'stroke', symbolSize: 400, symbolStrokeColor: NEUTRAL.ink.light},
            },
          },
        },
      ],
    },
  };
  return {
    title,
    description:
      `Histograms of weights with fitted distributions. The better fit, by mean log-likelihood: ` +
      `${formatList(drawn.map(({panel}) => panel))}. ${subtitle}.`,
    spec,
  };
}
