// SPDX-License-Identifier: Apache-2.0
import type {KernelTime} from '@addernet/conformance/bench';
import {type Chart, type LayerDot, layerDots, type SeriesStyle} from '@addernet/report/page';
import {operatorOf, partText, type SettingResult} from './report.ts';

/** Powers of two around the ratios. */
function axisValues(times: readonly KernelTime[]): number[] {
  const from = Math.floor(Math.log2(Math.min(0.5, ...times.map(({spread}) => spread[0]))));
  const to = Math.ceil(Math.log2(Math.max(2, ...times.map(({spread}) => spread[1]))));
  return Array.from({length: to - from + 1}, (_, index) => 2 ** (from + index));
}

/** Every layer's time over TF.js's, with quartiles, on a logarithmic axis; undefined where nothing was measured. */
export function ratioChart({name, kernels}: SettingResult, styles: readonly SeriesStyle[]): Chart | undefined {
  const shown = kernels.flatMap((time) => {
    const operator = operatorOf(time);
    return operator === undefined ? [] : [{time, operator}];
  });
  if (shown.length === 0) return undefined;
  const several = new Set(kernels.map(({shapes}) => shapes)).size > 1;
  const dots = shown.map(
    ({
      time: {
        part,
        shapes,
        layer,
        ratio,
        spread: [lower, upper],
      },
      operator,
    }): LayerDot => ({
      ...{facet: partText(part), name: several ? `${shapes} ${layer}` : layer, operator},
      ...{value: ratio, lower, upper, text: ''},
    }),
  );
  const values = axisValues(kernels);
  const title = `Layer by layer, ${name}`;
  return {
    title,
    description: `Ratios of ${new Set(dots.map((dot) => dot.name)).size} layers' times over those of TensorFlow.js's kernels. The numbers are in the table below.`,
    spec: layerDots({
      title,
      subtitle: 'medians, lines from quartile to quartile',
      dots,
      styles,
      axis: {
        title: 'Time over TensorFlow.js’s (left of the line: faster)',
        values,
        domain: [Math.min(...values), Math.max(...values)],
        reference: 1,
      },
    }),
  };
}
