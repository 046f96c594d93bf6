// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {encodeSafetensors, fromFloat32, type StoredTensor} from '@addernet/nn';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {modelTensors} from './model-tensors.js';
import {type PytorchName, pytorchNames} from './names.js';

export interface SaveSafetensorsOptions {
  /** How the weights are to be named. Default `pytorchNames(model)`: as in the reference code. */
  readonly nameOf?: PytorchName;
  /** What all names are to begin with, e.g. 'module.' for a model in DataParallel. Default ''. */
  readonly prefix?: string;
  /**
   * Steps that the batch normalisations saw, written as their num_batches_tracked. Default: left out, as PyTorch fills it in when it loads a dict that has
   * no version, and uses it only where BatchNorm's momentum is None.
   */
  readonly numBatchesTracked?: number;
  /** e.g. {architecture: 'resnet20', operator: 'adder'}. {format: 'pt'} is added. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A model's weights as the bytes of a .safetensors file, with PyTorch's names and layouts, so that the reference code loads them:
 * `model.load_state_dict(safetensors.torch.load_file(file))`.
 *
 * @throws ArgumentError if two weights would get one name, or a weight is not float32
 */
export async function saveSafetensors(model: LayersModel, options: SaveSafetensorsOptions = {}): Promise<Uint8Array> {
  const {nameOf = pytorchNames(model), prefix = '', metadata = {}, numBatchesTracked} = options;
  if (numBatchesTracked !== undefined && !(Number.isSafeInteger(numBatchesTracked) && numBatchesTracked >= 0)) {
    throw new ArgumentError(`numBatchesTracked is ${numBatchesTracked}; expected an integer ≥ 0`);
  }
  const tensors: StoredTensor[] = [];
  for (const {name, variable, shape, fromModel} of modelTensors(model, nameOf)) {
    const values = await variable.read().data();
    if (!(values instanceof Float32Array)) {
      throw new ArgumentError(`${name}: its dtype is ${variable.dtype}; expected float32`);
    }
    tensors.push(fromFloat32(prefix + name, shape, fromModel(values)));
    if (numBatchesTracked !== undefined && variable.originalName.endsWith('/moving_variance')) {
      tensors.push(stepCount(prefix + name.slice(0, name.lastIndexOf('.')), numBatchesTracked));
    }
  }
  return encodeSafetensors(tensors, {format: 'pt', ...metadata});
}

function stepCount(module: string, steps: number): StoredTensor {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(steps), true);
  return {name: `${module}.num_batches_tracked`, dtype: 'int64', shape: [], bytes};
}
