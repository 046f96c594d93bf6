// SPDX-License-Identifier: Apache-2.0
import {countCosts, countOperations} from '@addernet/nn';
import type {Operator, RunSummary} from '@addernet/plugin';
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** What a run's summary says of its network, whatever comes of the training. */
export interface ModelCounts {
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly operations: RunSummary['operations'];
  readonly costs?: RunSummary['costs'];
}

/** Operations and costs are of one image at inference. */
export async function countModel(model: LayersModel, operators: readonly Operator[]): Promise<ModelCounts> {
  const size = (shape: readonly (number | null)[]): number =>
    shape.reduce<number>((product, length) => product * (length ?? 1), 1);
  const {multiplications, additions} = countOperations(model, operators);
  return {
    parameters: model.weights.reduce((sum, weight) => sum + size(weight.shape), 0),
    trainableParameters: model.trainableWeights.reduce((sum, weight) => sum + size(weight.shape), 0),
    operations: {multiplications, additions},
    costs: await countCosts(model, operators),
  };
}
