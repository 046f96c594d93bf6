// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {formatSpeed} from '../format.js';
import type {Place} from '../inference-results.js';
import {milliseconds, placeName} from '../inference-text.js';
import {NEUTRAL, type SeriesStyle} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig} from './theme.js';

const WIDTH = 400;
const BAR_STEP = 22;
const LABEL = 200;
/** Pixels of the text behind the longest bar. */
const TEXT = 170;
/** Of bars of models as they were trained; those of the fused form are full. */
const PLAIN_OPACITY = 0.45;

/** A measured model's bar. */
interface Bar {
  readonly batch: string;
  readonly name: string;
  readonly operator: string;
  readonly opacity: number;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly text: string;
}

const barsOf = ({batches}: Place): Bar[] =>
  batches.flatMap(({batch, models}) =>
    models.map(({measurement: {operator, form, times}}): Bar => ({
      batch: `batch ${batch}`,
      name: `${operator}, ${form}`,
      operator,
      opacity: form === 'plain' ? PLAIN_OPACITY : 1,
      value: batch / times.median,
      lower: batch / times.upper,
      upper: batch / times.lower,
      text: `${formatSpeed(batch / times.median)} images/s (${milliseconds(times.median)} ms)`,
    })),
  );

/** Images per second of whole models, with the quartiles, by batch size. Undefined where none was measured. */
export function inferenceSpeedChart(place: Place, styles: readonly SeriesStyle[]): Chart | undefined {
  const bars = barsOf(place);
  if (bars.length === 0) return undefined;
  const present = new Set(bars.map(({operator}) => operator));
  const shown = styles.filter(({name}) => present.has(name));
  const y = {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: [...new Set(bars.map(({name}) => name))],
    axis: {ticks: false, domain: false, labelLimit: LABEL, labelPadding: 6},
  } as const;
  const x = {
    field: 'value',
    type: 'quantitative',
    title: 'Images per second',
    axis: {tickCount: 6, domain: false, ticks: false},
  } as const;
  const color = {
    field: 'operator',
    type: 'nominal',
    scale: {domain: shown.map(({name}) => name), range: shown.map((style) => style.color)},
    legend: null,
  } as const;
  const opacity = {field: 'opacity', type: 'quantitative', scale: null, legend: null} as const;
  const ink = NEUTRAL.ink.light;
  const title = `Inference speed, ${placeName(place)}`;
  const spec: TopLevelSpec = {
    config: chartConfig,
    title: {
      text: title,
      subtitle: 'forward passes; pale as trained, full in the fused form; line from quartile to quartile',
    },
    data: {values: bars},
    spacing: 10,
    facet: {
      row: {
        field: 'batch',
        type: 'nominal',
        title: null,
        sort: null,
        header: {labelAngle: 0, labelAlign: 'left', labelColor: ink, labelFontSize: 11, labelLimit: 100},
      },
    },
    spec: {
      width: WIDTH,
      height: {step: BAR_STEP},
      layer: [
        {mark: {type: 'bar', height: {band: 0.7}}, encoding: {y, x, color, fillOpacity: opacity}},
        {
          mark: {type: 'rule', color: ink, strokeWidth: 1.5},
          encoding: {y, x: {...x, field: 'lower'}, x2: {field: 'upper'}},
        },
        {
          mark: {type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11, color: ink},
          encoding: {y, x: {...x, field: 'upper'}, text: {field: 'text'}},
        },
      ],
    },
  };
  const figures = bars.map(({batch, name, text}) => `${batch} ${name} ${text}`).join('; ');
  return {title, description: `Bar chart of images per second: ${figures}.`, spec, widthFromPlot: WIDTH + TEXT};
}
