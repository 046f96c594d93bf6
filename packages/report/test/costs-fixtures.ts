// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, LayerCosts, MachineRates, ModelCosts} from '@addernet/plugin';
import {twins} from './fixtures.js';

/** pJ per operation, as in the summaries that the runner writes. */
const ENERGY = {
  float32: {multiplication: 3.7, addition: 0.9},
  int8: {multiplication: 0.2, addition: 0.03},
};

export function layer(options: Partial<LayerCosts> & Pick<LayerCosts, 'layer'>): LayerCosts {
  const {multiplications = 0, additions = 0, weightElements = 0} = options;
  const inType = ({multiplication, addition}: {multiplication: number; addition: number}): number =>
    multiplications * multiplication + additions * addition;
  return {
    className: 'Test',
    kind: 'other',
    taps: 0,
    counted: true,
    outputShape: [1],
    inputElements: 0,
    outputElements: 0,
    parameters: weightElements,
    trainableParameters: weightElements,
    energy: {float32: inType(ENERGY.float32), int8: inType(ENERGY.int8)},
    multiplications,
    additions,
    weightElements,
    ...options,
  };
}

export function costsOf(layers: readonly LayerCosts[]): ModelCosts {
  return {layers, operationEnergy: ENERGY, energySources: ['M. Horowitz, ISSCC 2014, fig. 1.1.9']};
}

/** A 4×4×1 image through 3 filters of 3×3 with batch norm and ReLU, as adder or as convolution, and an addition of the input to nothing else. */
export function smallCosts(operator: 'adder' | 'conv'): ModelCosts {
  const taps = 16 * 9 * 3;
  const isAdder = operator === 'adder';
  const fusedOperations = {multiplications: isAdder ? 48 : 0, additions: 48};
  return costsOf([
    layer({
      layer: 'c',
      kind: 'operator',
      operator,
      taps,
      multiplications: isAdder ? 0 : taps,
      additions: isAdder ? 2 * taps : taps,
      outputShape: [4, 4, 3],
      inputElements: 16,
      outputElements: 48,
      weightElements: 27,
    }),
    layer({
      layer: 'b',
      kind: 'batch-normalization',
      multiplications: 48,
      additions: 48,
      outputShape: [4, 4, 3],
      inputElements: 48,
      outputElements: 48,
      weightElements: 12,
      trainableParameters: 6,
      fused: {
        into: 'c',
        ...fusedOperations,
        weightElements: isAdder ? 6 : 3,
        energy: {float32: isAdder ? 48 * 4.6 : 48 * 0.9, int8: isAdder ? 48 * 0.23 : 48 * 0.03},
      },
    }),
    layer({
      layer: 'r',
      kind: 'activation',
      additions: 48,
      outputShape: [4, 4, 3],
      inputElements: 48,
      outputElements: 48,
      fused: {
        into: 'c',
        multiplications: 0,
        additions: 48,
        weightElements: 0,
        energy: {float32: 48 * 0.9, int8: 48 * 0.03},
      },
    }),
    layer({
      layer: 's',
      kind: 'addition',
      additions: 48,
      outputShape: [4, 4, 3],
      inputElements: 96,
      outputElements: 48,
    }),
  ]);
}

export const MACHINE: MachineRates = {
  backend: 'wasm',
  peaks: [
    {operator: 'conv', operationsPerSecond: 36e9},
    {operator: 'adder', operationsPerSecond: 30e9},
  ],
  bytesPerSecond: 10e9,
  source: 'made up for tests',
};

/** The smallest comparison, with costs and roofs. */
export function withCosts(): ExperimentSummary {
  const summary = twins();
  return {
    ...summary,
    machine: MACHINE,
    runs: summary.runs.map((run) => ({...run, costs: smallCosts(run.operator === 'adder' ? 'adder' : 'conv')})),
  };
}
