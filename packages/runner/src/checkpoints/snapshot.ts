// SPDX-License-Identifier: Apache-2.0
import {fromFloat32, toFloat32, type StoredTensor} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {OptimizerState} from '../training/train-model.js';

/** The optimizer's step counter is int32; everything else is float32. */
async function stored(name: string, tensor: tf.Tensor): Promise<StoredTensor> {
  const values = await tensor.data();
  if (!(values instanceof Int32Array)) return fromFloat32(name, tensor.shape, Float32Array.from(values));
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setInt32(index * 4, value, true));
  return {name, dtype: 'int32', shape: tensor.shape, bytes};
}

/** Names of the variables in this process ('conv1/kernel_3') and names that hold in every process ('conv1/kernel'). */
function variableNames(model: LayersModel): {readonly here: string; readonly lasting: string}[] {
  return model.weights.map((weight) => {
    const value = weight.read();
    return {here: value instanceof tf.Variable ? value.name : weight.name, lasting: weight.originalName};
  });
}

const SLOT = /^(.*)\/([^/]+)$/;

function renamed(name: string, names: ReadonlyMap<string, string>): string {
  const [, variable = '', slot = ''] = SLOT.exec(name) ?? [];
  const other = names.get(variable);
  return other === undefined ? name : `${other}/${slot}`;
}

/** The model's weights by lasting name. */
export async function modelTensors(model: LayersModel): Promise<StoredTensor[]> {
  const tensors: StoredTensor[] = [];
  for (const weight of model.weights) {
    tensors.push(await stored(weight.originalName, weight.read()));
  }
  return tensors;
}

/** The optimizer's state with the variables' lasting names. */
export async function optimizerTensors(model: LayersModel, state: OptimizerState): Promise<StoredTensor[]> {
  const names = new Map(variableNames(model).map(({here, lasting}) => [here, lasting]));
  const tensors: StoredTensor[] = [];
  for (const {name, tensor} of state) {
    tensors.push(await stored(renamed(name, names), tensor));
  }
  return tensors;
}

/** The reverse of `optimizerTensors`, for a model of the same structure; the caller disposes of the tensors. */
export function optimizerState(model: LayersModel, tensors: readonly StoredTensor[]): OptimizerState {
  const names = new Map(variableNames(model).map(({here, lasting}) => [lasting, here]));
  return tensors.map((tensor) => ({
    name: renamed(tensor.name, names),
    tensor: tf.tensor(toFloat32(tensor), [...tensor.shape], tensor.dtype === 'int32' ? 'int32' : 'float32'),
  }));
}
