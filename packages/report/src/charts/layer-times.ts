// SPDX-License-Identifier: Apache-2.0
import type {ModelForm} from '@addernet/plugin';
import {formatFixed} from '../format.js';
import type {BatchResults, MeasuredLayer, Place} from '../inference-results.js';
import {layerName, milliseconds, placeName} from '../inference-text.js';
import type {SeriesStyle} from '../palette.js';
import {LAYER_DOTS_WIDTH, layerDots, type LayerDot} from './layer-dots.js';
import type {Chart} from './render-svg.js';

const FORMS = {plain: 'as trained', fused: 'fused'} as const satisfies Record<ModelForm, string>;

const nameOf = (layer: MeasuredLayer): string => {
  const shape = layer.account?.outputShape.join('×');
  return `${layerName(layer)}${shape === undefined ? '' : `, ${shape}`}`;
};

function marksOf(layers: readonly MeasuredLayer[]): LayerDot[] {
  return layers.flatMap((layer): LayerDot[] => {
    const {form, operator, times, relative} = layer.measurement;
    if (operator === undefined) return [];
    return [
      {
        facet: FORMS[form],
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
function axisValues(marks: readonly LayerDot[]): number[] {
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
  const names = styles.map(({name}) => name).filter((name) => present.has(name));
  // Ratios of several operators would lie on top of each other.
  const withRatios = present.size <= 2;
  const title = `Layer by layer, ${placeName(place)}, batch ${batch}`;
  const [baseline, other] = names;
  const ratio = withRatios && other !== undefined ? `; right: ${other} over ${baseline ?? ''}` : '';
  const spec = layerDots({
    title,
    subtitle: `medians, lines from quartile to quartile${ratio}`,
    dots: marks,
    styles,
    axis: {title: 'Milliseconds per call of one such layer', values: axisValues(marks)},
    withTexts: withRatios,
  });
  const figures = marks
    .map(({facet, name, operator, value}) => `${facet} ${name} ${operator} ${milliseconds(value / 1000)} ms`)
    .join('; ');
  return {title, description: `Dot plot of times of layers: ${figures}.`, spec, widthFromPlot: LAYER_DOTS_WIDTH};
}
