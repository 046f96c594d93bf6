// SPDX-License-Identifier: Apache-2.0
import type {
  CallTimes,
  InferenceSummary,
  LayerMeasurement,
  ModelForm,
  ModelMeasurement,
  RelativeTime,
} from '@addernet/plugin';
import {MACHINE, smallCosts} from './costs-fixtures.js';

// Made-up times: nothing made from them may leave the tests.

/** Quartiles a tenth around the median, a processor that did nothing else. */
const times = (median: number): CallTimes => ({
  median,
  lower: 0.9 * median,
  upper: 1.1 * median,
  fastest: 0.8 * median,
  cpuMedian: median,
  samples: 7,
  callsPerSample: 2,
});

const relative = (median: number): RelativeTime => ({
  median,
  lower: median - 0.05,
  upper: median + 0.05,
  cpuMedian: median + 0.01,
});

const shared = {backend: 'wasm', architecture: 'small', batch: 4} as const;

export const whole = (
  operator: string,
  form: ModelForm,
  milliseconds: number,
  ratios: Pick<ModelMeasurement, 'relative' | 'relativeToPlain'> = {},
): ModelMeasurement => ({...shared, operator, form, times: times(milliseconds / 1000), ...ratios});

export const one = (
  layers: readonly string[],
  microseconds: number,
  rest: Pick<LayerMeasurement, 'kind' | 'form'> & Partial<LayerMeasurement>,
): LayerMeasurement => ({...shared, layers, times: times(microseconds / 1e6), ...rest});

/** The networks of the costs' fixtures, measured at batch 4. */
export function measured(options: Partial<InferenceSummary> = {}): InferenceSummary {
  return {
    kind: 'inference',
    name: 'speed',
    description: 'For tests.',
    status: 'finished',
    startedAt: '2026-11-22T10:00:00.000Z',
    seconds: 90,
    notes: [],
    config: {rounds: 7},
    environment: {'git.commit': '0123456789abcdef', cpu: 'fixture CPU'},
    machines: [MACHINE],
    models: (['conv', 'adder'] as const).map((operator) => ({
      architecture: 'small',
      operator,
      costs: smallCosts(operator),
    })),
    modelMeasurements: [
      whole('conv', 'plain', 2),
      whole('adder', 'plain', 1.6, {relative: relative(0.8)}),
      whole('conv', 'fused', 1, {relativeToPlain: relative(0.5)}),
      whole('adder', 'fused', 0.9, {relative: relative(0.9), relativeToPlain: relative(0.56)}),
    ],
    layerMeasurements: [
      one(['c'], 40, {kind: 'operator', form: 'plain', operator: 'conv'}),
      one(['c'], 32, {kind: 'operator', form: 'plain', operator: 'adder', relative: relative(0.8)}),
      one(['b'], 10, {kind: 'batch-normalization', form: 'plain'}),
      one(['r'], 5, {kind: 'activation', form: 'plain'}),
      one(['s'], 5, {kind: 'addition', form: 'plain'}),
    ],
    ...options,
  };
}
