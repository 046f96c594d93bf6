// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {NEUTRAL, type SeriesStyle} from '../palette.js';
import {chartConfig} from './theme.js';

const WIDTH = 360;
const ROW_STEP = 20;
/** Of a row, without the space between rows. */
const BAND = 0.8 * ROW_STEP;
const LABEL = 330;
/** Pixels of texts right of the plot. */
const TEXT = 60;

/** From the left edge of the plot to the right border, with texts. */
export const LAYER_DOTS_WIDTH = WIDTH + TEXT;

/** A measurement of a layer. */
export interface LayerDot {
  /** Heading of its rows. */
  readonly facet: string;
  /** Of the layer: its row. */
  readonly name: string;
  readonly operator: string;
  readonly value: number;
  /** Quartiles. */
  readonly lower: number;
  readonly upper: number;
  /** At the right; '' for none. */
  readonly text: string;
}

export interface LayerDotsOptions {
  readonly title: string;
  readonly subtitle: string;
  readonly dots: readonly LayerDot[];
  readonly styles: readonly SeriesStyle[];
  /** Logarithmic. */
  readonly axis: {
    readonly title: string;
    readonly values: readonly number[];
    /** Default: from the least to the greatest dot, and some pixels. */
    readonly domain?: readonly [number, number];
    /** A value that the others are held against, as a line. */
    readonly reference?: number;
  };
  readonly withTexts?: boolean;
}

/** Dots with quartiles, a row for each layer, operators beside each other. */
export function layerDots({title, subtitle, dots, styles, axis, withTexts = false}: LayerDotsOptions): TopLevelSpec {
  const shown = styles.filter(({name}) => dots.some(({operator}) => operator === name));
  const names = shown.map(({name}) => name);
  const {domain} = axis;
  const values: number[] = [...axis.values];
  const ink = NEUTRAL.ink.light;
  const y = {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: null,
    axis: {ticks: false, domain: false, grid: true, labelLimit: LABEL, labelPadding: 6},
  } as const;
  const range = domain === undefined ? {padding: 8} : {domain: [...domain]};
  const x = {
    field: 'value',
    type: 'quantitative',
    title: axis.title,
    scale: {type: 'log', nice: false, ...range},
    axis: {values, format: '~g', domain: false, ticks: false},
  } as const;
  const color = {
    field: 'operator',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: shown.map((style) => style.color)},
    legend: {orient: 'top', symbolOpacity: 1, offset: 6},
  } as const;
  // Beside each other: layers that take the same time would hide one another.
  const yOffset = {
    field: 'operator',
    type: 'nominal',
    sort: names,
    scale: {
      domain: names,
      range: names.map((_, index) => BAND * (0.5 + (0.85 * (index - (names.length - 1) / 2)) / names.length)),
    },
  } as const;
  return {
    config: chartConfig,
    title: {text: title, subtitle},
    data: {values: dots.map((dot) => ({...dot}))},
    spacing: 14,
    facet: {
      row: {
        field: 'facet',
        type: 'nominal',
        title: null,
        sort: [...new Set(dots.map(({facet}) => facet))],
        header: {
          labelAngle: 0,
          labelAlign: 'left',
          labelOrient: 'top',
          labelAnchor: 'start',
          labelColor: ink,
          labelFontSize: 11,
          labelPadding: 2,
        },
      },
    },
    resolve: {scale: {y: 'independent'}},
    spec: {
      width: WIDTH,
      height: {step: ROW_STEP, for: 'position'},
      layer: [
        ...(axis.reference === undefined
          ? []
          : [
              {
                mark: {type: 'rule', color: NEUTRAL.axis.light, strokeWidth: 1.5},
                encoding: {x: {datum: axis.reference, type: 'quantitative'}},
              } as const,
            ]),
        {
          mark: {type: 'rule', strokeWidth: 1.5},
          encoding: {y, yOffset, x: {...x, field: 'lower'}, x2: {field: 'upper'}, color},
        },
        {
          mark: {type: 'point', size: 46, filled: true, opacity: 1},
          encoding: {
            y,
            yOffset,
            x,
            color,
            shape: {
              field: 'operator',
              type: 'nominal',
              title: null,
              scale: {domain: names, range: shown.map(({symbol}) => symbol)},
            },
          },
        },
        ...(withTexts
          ? [
              {
                mark: {type: 'text', align: 'left', baseline: 'middle', dx: 8, fontSize: 10, color: ink},
                encoding: {y, x: {value: WIDTH}, text: {field: 'text'}},
              } as const,
            ]
          : []),
      ],
    },
  };
}
