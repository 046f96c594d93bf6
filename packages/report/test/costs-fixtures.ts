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

/**
 * A 4×4×1 image through 3 filters of 3×3 with batch norm and ReLU, as adder or as convolution, and an addition of something else; in the inference
 * form one layer and the addition.
 */
export function smallCosts(operator: 'adder' | 'conv'): ModelCosts {
  const taps = 16 * 9 * 3;
  const isAdder = operator === 'adder';
  const perTap = {multiplications: isAdder ? 0 : taps, additions: isAdder ? 2 * taps : taps};
  const shared = {outputShape: [4, 4, 3], inputElements: 48, outputElements: 48};
  const c = {...shared, layer: 'c', kind: 'operator', operator, taps, inputElements: 16} as const;
  const s = layer({...shared, layer: 's', kind: 'addition', additions: 48, inputElements: 96});
  return {
    ...costsOf([
      layer({...c, ...perTap, weightElements: 27}),
      layer({
        ...shared,
        layer: 'b',
        kind: 'batch-normalization',
        multiplications: 48,
        additions: 48,
        weightElements: 12,
        trainableParameters: 6,
      }),
      layer({...shared, layer: 'r', kind: 'activation', additions: 48}),
      s,
    ]),
    fusedLayers: [
      layer({
        ...c,
        multiplications: perTap.multiplications + 48,
        additions: perTap.additions + 96,
        weightElements: 33,
        absorbed: ['b', 'r'],
      }),
      s,
    ],
  };
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
