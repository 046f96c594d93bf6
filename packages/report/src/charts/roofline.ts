// SPDX-License-Identifier: Apache-2.0
import type {MachineRates} from '@addernet/plugin';
import type {TopLevelSpec} from 'vega-lite';
import {formatList, formatQuantity} from '../format.js';
import {BACKGROUND, NEUTRAL, type SeriesStyle} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig, wrapLines} from './theme.js';

const WIDTH = 420;
const HEIGHT = 270;
const SUBTITLE_CHARACTERS = 84;
const LEGEND_LABEL = 320;

/** A kernel in the picture. */
export interface RooflinePoint {
  /** The operator; absent for layers of none (batch normalisation, pooling, …), which are drawn in grey. */
  readonly series?: string;
  /** Operations per byte. */
  readonly intensity: number;
  /** Operations per second. */
  readonly rate: number;
  /** Drawn filled, to tell one half of the points from the other. */
  readonly filled?: boolean;
}

export interface RooflineOptions {
  readonly title: string;
  /** Stands under the title: what was measured, on what, at which batch. */
  readonly subtitle: string;
  readonly machine: MachineRates;
  readonly points: readonly RooflinePoint[];
  /** 'measured', or 'attainable' where the points lie on the roof by construction. */
  readonly rates: 'measured' | 'attainable';
  readonly styles: readonly SeriesStyle[];
}

/** Factor of free space beyond the outermost points. */
const MARGIN = 1.6;

/** The powers of ten between two numbers. */
function decades(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from));
  return Array.from({length: Math.max(0, Math.floor(Math.log10(to)) - first + 1)}, (_, index) => 10 ** (first + index));
}

const OTHERS = 'other layers';

/** Kernels under the roofs of a machine, both axes logarithmic. Undefined where there is no kernel to show. */
export function rooflineChart(options: RooflineOptions): Chart | undefined {
  const {title, subtitle, machine, rates, styles} = options;
  const points = options.points.filter(({intensity, rate}) => intensity > 0 && rate > 0 && Number.isFinite(rate));
  if (points.length === 0 || machine.peaks.length === 0) return undefined;
  const present = new Set(points.map(({series}) => series));
  const peaks = machine.peaks.filter(({operator}) => present.has(operator));
  const roofs = peaks.length > 0 ? peaks : machine.peaks;
  const highest = Math.max(...roofs.map(({operationsPerSecond}) => operationsPerSecond));
  const ridge = highest / machine.bytesPerSecond;
  const intensities = [...points.map(({intensity}) => intensity), ridge];
  const [left, right] = [Math.min(...intensities) / MARGIN, Math.max(...intensities) * MARGIN];
  const rateRange = [...points.map(({rate}) => rate), highest, left * machine.bytesPerSecond];
  const [bottom, top] = [Math.min(...rateRange) / MARGIN, Math.max(...rateRange) * MARGIN * MARGIN];
  const [xDomain, yDomain]: number[][] = [
    [left, right],
    [bottom, top],
  ];
  const shown = styles.filter(({name}) => present.has(name));
  const names = [...shown.map(({name}) => name), ...(present.has(undefined) ? [OTHERS] : [])];
  const colors = [...shown.map(({color}) => color), ...(present.has(undefined) ? [NEUTRAL.axis.light] : [])];
  const symbols = [...shown.map(({symbol}) => symbol), ...(present.has(undefined) ? ['cross'] : [])];
  const colorOf = (operator: string): string => styles.find(({name}) => name === operator)?.color ?? NEUTRAL.ink.light;
  const x = {
    field: 'intensity',
    type: 'quantitative',
    title: 'Arithmetic intensity (operations per byte)',
    scale: {type: 'log', domain: xDomain, nice: false},
    axis: {values: decades(left, right), format: '~g'},
  } as const;
  const y = {
    field: 'rate',
    type: 'quantitative',
    title: `${rates === 'measured' ? 'Measured' : 'Attainable'} rate (operations per second)`,
    scale: {type: 'log', domain: yDomain, nice: false},
    axis: {values: decades(bottom, top), format: '~s', domain: false, ticks: false, minExtent: 44},
  } as const;
  const slope = [
    {intensity: left, rate: left * machine.bytesPerSecond},
    {intensity: ridge, rate: highest},
  ];
  const color = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: colors},
    legend: {orient: 'top', labelLimit: LEGEND_LABEL, symbolOpacity: 1, symbolSize: 64, offset: 6},
  } as const;
  const spec: TopLevelSpec = {
    config: chartConfig,
    width: WIDTH,
    height: HEIGHT,
    title: {text: title, subtitle: wrapLines(subtitle, SUBTITLE_CHARACTERS)},
    data: {values: []},
    encoding: {x, y},
    layer: [
      {
        data: {values: slope},
        mark: {type: 'line', color: NEUTRAL.ink.light, strokeWidth: 1.5},
      },
      {
        // Above the slope, a quarter of the way up, turned as the slope is.
        data: {
          values: [
            {
              intensity: left ** 0.7 * ridge ** 0.3,
              rate: left ** 0.7 * ridge ** 0.3 * machine.bytesPerSecond,
              text: formatQuantity(machine.bytesPerSecond, 'B/s'),
            },
          ],
        },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'bottom',
          dy: -4,
          fontSize: 10,
          color: NEUTRAL.muted.light,
          angle: -(180 / Math.PI) * Math.atan2(HEIGHT / Math.log10(top / bottom), WIDTH / Math.log10(right / left)),
        },
        encoding: {text: {field: 'text'}},
      },
      ...roofs.flatMap(({operator, operationsPerSecond}, index) => [
        {
          data: {
            values: [
              {intensity: operationsPerSecond / machine.bytesPerSecond, rate: operationsPerSecond},
              {intensity: right, rate: operationsPerSecond},
            ],
          },
          mark: {
            type: 'line',
            color: roofs.length > 1 ? colorOf(operator) : NEUTRAL.ink.light,
            strokeWidth: 1.5,
            ...(index > 0 ? {strokeDash: [5, 3]} : {}),
          },
        } as const,
      ]),
      {
        data: {
          values: roofs
            .toSorted((a, b) => b.operationsPerSecond - a.operationsPerSecond)
            .slice(0, 1)
            .map(({operationsPerSecond}) => ({
              intensity: right,
              rate: operationsPerSecond,
              text: roofs
                .map((peak) => `${peak.operator} ${formatQuantity(peak.operationsPerSecond, 'op/s')}`)
                .join(', '),
            })),
        },
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'bottom',
          dy: -5,
          fontSize: 10,
          color: NEUTRAL.muted.light,
        },
        encoding: {text: {field: 'text'}},
      },
      ...[false, true].flatMap((filled) => {
        const values = points.filter((point) => (point.filled ?? false) === filled);
        if (values.length === 0) return [];
        return [
          {
            data: {values: values.map((point) => ({...point, series: point.series ?? OTHERS}))},
            mark: {type: 'point', size: 42, strokeWidth: 1.5, opacity: 1, filled},
            encoding: {
              color,
              shape: {field: 'series', type: 'nominal', title: null, scale: {domain: names, range: symbols}},
              ...(filled ? {} : {fill: {value: BACKGROUND.light}, fillOpacity: {value: 0}}),
            },
          } as const,
        ];
      }),
    ],
  };
  const peakText = formatList(
    roofs.map(({operator, operationsPerSecond}) => `${operator} ${formatQuantity(operationsPerSecond, 'op/s')}`),
  );
  return {
    title,
    description:
      `Roofline: ${rates} rates of ${points.length} kernels over their arithmetic intensity, under peaks of ${peakText} and a bandwidth of ` +
      `${formatQuantity(machine.bytesPerSecond, 'B/s')}. ${subtitle}.`,
    spec,
    widthFromPlot: WIDTH + 14,
  };
}
