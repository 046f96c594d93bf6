// SPDX-License-Identifier: Apache-2.0
import type {KernelTime} from '@addernet/conformance/bench';
import {type Chart, chartConfig, NEUTRAL, type SeriesStyle} from '@addernet/report/page';
import {operatorOf, partText, type SettingResult} from './report.ts';

const WIDTH = 380;
const ROW_STEP = 20;
/** Pixels between the operators of a layer. */
const OFFSET = 7;

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
  const values = shown.map(({time: {part, shapes, layer, ratio, spread}, operator}) => ({
    part: partText(part),
    layer: several ? `${shapes} ${layer}` : layer,
    operator,
    ratio,
    lower: spread[0],
    upper: spread[1],
  }));
  const present = styles.filter((style) => values.some(({operator}) => operator === style.name));
  const names = present.map((style) => style.name);
  const ticks = axisValues(kernels);
  const domain: number[] = [Math.min(...ticks), Math.max(...ticks)];
  const y = {
    field: 'layer',
    type: 'nominal',
    title: null,
    sort: null,
    axis: {ticks: false, domain: false, grid: true, labelLimit: 300, labelPadding: 6},
  } as const;
  const x = {
    field: 'ratio',
    type: 'quantitative',
    title: 'Time over TensorFlow.js’s (left of the line: faster)',
    scale: {type: 'log', base: 2, domain, nice: false},
    axis: {values: ticks, format: '~g', domain: false, ticks: false},
  } as const;
  const color = {
    field: 'operator',
    type: 'nominal',
    title: null,
    scale: {domain: names, range: present.map((style) => style.color)},
    legend: {orient: 'top', symbolOpacity: 1, offset: 6},
  } as const;
  // Beside each other: layers that take the same time would hide one another.
  const yOffset = {
    field: 'operator',
    type: 'nominal',
    sort: names,
    scale: {
      domain: names,
      range: names.map((_, index) => (ROW_STEP * 0.8) / 2 + OFFSET * (index - (names.length - 1) / 2)),
    },
  } as const;
  const title = `Layer by layer, ${name}`;
  return {
    title,
    description: `Ratios of ${new Set(values.map(({layer}) => layer)).size} layers: ${names.join(', ')} over TensorFlow.js’s kernels. The numbers are in the table below.`,
    spec: {
      config: chartConfig,
      title: {text: title, subtitle: 'medians, lines from quartile to quartile'},
      data: {values},
      spacing: 14,
      facet: {
        row: {
          field: 'part',
          type: 'nominal',
          title: null,
          sort: [...new Set(values.map(({part}) => part))],
          header: {
            labelAngle: 0,
            labelAlign: 'left',
            labelOrient: 'top',
            labelAnchor: 'start',
            labelColor: NEUTRAL.ink.light,
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
            mark: {type: 'rule', color: NEUTRAL.axis.light, strokeWidth: 1.5},
            encoding: {x: {datum: 1, type: 'quantitative'}},
          },
          {
            mark: {type: 'rule', strokeWidth: 1.5},
            encoding: {y, yOffset, x: {...x, field: 'lower'}, x2: {field: 'upper'}, color},
          },
          {
            mark: {type: 'point', size: 46, filled: true, opacity: 1},
            encoding: {
              ...{y, yOffset, x, color},
              shape: {
                field: 'operator',
                type: 'nominal',
                title: null,
                scale: {domain: names, range: present.map((style) => style.symbol)},
                legend: {orient: 'top', symbolOpacity: 1, offset: 6},
              },
            },
          },
        ],
      },
    },
  };
}
