// SPDX-License-Identifier: Apache-2.0
import type {ModelForm} from '@addernet/plugin';
import type {TopLevelSpec} from 'vega-lite';
import {formatFixed} from '../format.js';
import type {BatchResults, MeasuredLayer, Place} from '../inference-results.js';
import {layerName, milliseconds, placeName} from '../inference-text.js';
import {NEUTRAL, type SeriesStyle} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig} from './theme.js';

const WIDTH = 360;
const ROW_STEP = 20;
/** Of a row, without the space between rows. */
const BAND = 0.8 * ROW_STEP;
const LABEL = 330;
/** Pixels of the ratio right of the plot. */
const TEXT = 60;

const FORMS = {plain: 'as trained', fused: 'fused'} as const satisfies Record<ModelForm, string>;

interface Mark {
  readonly form: string;
  readonly name: string;
  readonly operator: string;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Ratio to the baseline, at the right; '' for the baseline. */
  readonly text: string;
}

const nameOf = (layer: MeasuredLayer): string => {
  const shape = layer.account?.outputShape.join('×');
  return `${layerName(layer)}${shape === undefined ? '' : `, ${shape}`}`;
};

function marksOf(layers: readonly MeasuredLayer[]): Mark[] {
  return layers.flatMap((layer): Mark[] => {
    const {form, operator, times, relative} = layer.measurement;
    if (operator === undefined) return [];
    return [
      {
        form: FORMS[form],
        name: nameOf(layer),
        operator,
        value: 1000 * times.median,
        lower: 1000 * times.lower,
        upper: 1000 * times.upper,
        text: relative === undefined ? '' : `${formatFixed(relative.median, 2)} ×`,
      },
    ];
  });
}

/** 1, 2 and 5 times the powers of ten around the marks. */
function axisValues(marks: readonly Mark[]): number[] {
  const from = Math.floor(Math.log10(Math.min(...marks.map(({lower}) => lower))));
  const to = Math.ceil(Math.log10(Math.max(...marks.map(({upper}) => upper))));
  return Array.from({length: to - from + 1}, (_, index) => from + index).flatMap((power) =>
    [1, 2, 5].map((digit) => digit * 10 ** power),
  );
}

/** Times of every kind of layer with an operator, with the quartiles, on a logarithmic axis. Undefined where none was measured. */
export function layerTimesChart(
  place: Place,
  {batch, layers}: BatchResults,
  styles: readonly SeriesStyle[],
): Chart | undefined {
  const marks = marksOf(layers);
  if (marks.length === 0) return undefined;
  const present = new Set(marks.map(({operator}) => operator));
  const shown = styles.filter(({name}) => present.has(name));
  // Ratios of several operators would lie on top of each other.
  const withRatios = present.size <= 2;
  const y = {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: null,
    axis: {ticks: false, domain: false, grid: true, labelLimit: LABEL, labelPadding: 6},
  } as const;
  const x = {
    field: 'value',
    type: 'quantitative',
    title: 'Milliseconds per call of one such layer',
    scale: {type: 'log', nice: false, padding: 8},
    axis: {values: axisValues(marks), format: '~g', domain: false, ticks: false},
  } as const;
  const names = shown.map(({name}) => name);
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
  const ink = NEUTRAL.ink.light;
  const title = `Layer by layer, ${placeName(place)}, batch ${batch}`;
  const [baseline, other] = names;
  const ratio = withRatios && other !== undefined ? `; right: ${other} over ${baseline ?? ''}` : '';
  const spec: TopLevelSpec = {
    config: chartConfig,
    title: {text: title, subtitle: `medians, lines from quartile to quartile${ratio}`},
    data: {values: marks},
    spacing: 14,
    facet: {
      row: {
        field: 'form',
        type: 'nominal',
        title: null,
        sort: null,
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
        ...(withRatios
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
  const figures = marks
    .map(({form, name, operator, value}) => `${form} ${name} ${operator} ${milliseconds(value / 1000)} ms`)
    .join('; ');
  return {title, description: `Dot plot of times of layers: ${figures}.`, spec, widthFromPlot: WIDTH + TEXT};
}
