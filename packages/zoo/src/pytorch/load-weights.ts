// SPDX-License-Identifier: Apache-2.0
import {decodeSafetensors, toFloat32} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {PytorchFileError, PytorchWeightsMismatchError} from './errors.js';
import {modelTensors} from './model-tensors.js';
import {type PytorchName, pytorchNames} from './names.js';
import type {PickleScalar} from './pickle/values.js';
import {readPytorchFile, type ReadPytorchOptions} from './read-pytorch-file.js';

export interface LoadWeightsOptions {
  /** How the model's weights are named in the file. Default `pytorchNames(model)`. */
  readonly nameOf?: PytorchName;
}

export interface LoadPytorchOptions extends LoadWeightsOptions, ReadPytorchOptions {}

/** What was in the file besides the weights. */
export interface LoadedWeights {
  readonly format: 'zip' | 'legacy' | 'safetensors';
  /** What all names in the file began with, e.g. 'module.' of DataParallel; '' if nothing. */
  readonly prefix: string;
  /** Names that were passed over because the model has no use for them: BatchNorm's num_batches_tracked. */
  readonly ignored: readonly string[];
  /** Plain values beside the state dict, e.g. {epoch: 180, best_prec1: 91.78}; the metadata of a safetensors file. */
  readonly extra: Readonly<Record<string, PickleScalar>>;
}

/** A named array whose values are made when they are asked for. */
interface LazyTensor {
  readonly shape: readonly number[];
  toFloat32(): Float32Array;
}

/** What wrappers put before all names of a state dict: DataParallel and DistributedDataParallel, torch.compile. */
const WRAPPER_PREFIXES = ['module.', '_orig_mod.'];

/** A count of training steps that only BatchNorm without momentum would need. */
const IGNORED = /(^|\.)num_batches_tracked$/;

/**
 * Writes the weights of a .pth, .pt or .th file (either format of torch.save) into a model. Names and layouts are PyTorch's: [out, in, height, width]
 * of filters, [out, in] of fully connected layers, whose features may be a flattened [channels, height, width] map. Nothing in the file is executed, and
 * nothing is written unless everything fits.
 *
 * @param bytes the whole file
 * @throws PytorchFileError if the file is truncated, damaged, of another format, or has NaN or infinite weights
 * @throws UnsafePickleError if the file holds more than tensors and plain containers
 * @throws PytorchWeightsMismatchError naming all that is missing, unexpected or of another shape
 * @example
 * const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 0});
 * loadPytorchWeights(model, await readFile('addernet-resnet20-cifar10.pth'));
 */
export function loadPytorchWeights(
  model: LayersModel,
  bytes: Uint8Array,
  options: LoadPytorchOptions = {},
): LoadedWeights {
  const {format, tensors, extra} = readPytorchFile(bytes, options);
  return {format, extra, ...write(model, tensors, options.nameOf ?? pytorchNames(model))};
}

/**
 * Writes the weights of a .safetensors file with PyTorch's names and layouts into a model; see `loadPytorchWeights`.
 *
 * @throws SafetensorsError (@addernet/nn), PytorchFileError for NaN or infinite weights, PytorchWeightsMismatchError
 */
export function loadSafetensors(
  model: LayersModel,
  bytes: Uint8Array,
  options: LoadWeightsOptions = {},
): LoadedWeights {
  const {tensors, metadata} = decodeSafetensors(bytes);
  const lazy = new Map(
    tensors.map((tensor) => [tensor.name, {shape: tensor.shape, toFloat32: () => toFloat32(tensor)}]),
  );
  return {format: 'safetensors', extra: metadata, ...write(model, lazy, options.nameOf ?? pytorchNames(model))};
}

function write(
  model: LayersModel,
  tensors: ReadonlyMap<string, LazyTensor>,
  nameOf: PytorchName,
): Pick<LoadedWeights, 'prefix' | 'ignored'> {
  const prefix = commonPrefix([...tensors.keys()]);
  const given = new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  const expected = modelTensors(model, nameOf);
  const names = new Set(expected.map(({name}) => name));
  const missing = [...names].filter((name) => !given.has(name));
  const others = [...given.keys()].filter((name) => !names.has(name));
  const ignored = others.filter((name) => IGNORED.test(name));
  const unexpected = others.filter((name) => !IGNORED.test(name));
  const misshapen = expected.flatMap(({name, shape}) => {
    const tensor = given.get(name);
    return tensor === undefined || sameShape(tensor.shape, shape)
      ? []
      : [`${name}: the file has [${tensor.shape.join(', ')}]; the model expects [${shape.join(', ')}]`];
  });
  if (missing.length > 0 || unexpected.length > 0 || misshapen.length > 0) {
    throw new PytorchWeightsMismatchError(model.name, missing, unexpected, misshapen, hintOf(missing, unexpected));
  }

  const read = expected.map(({name, variable, toModel}) => ({
    variable,
    values: toModel(finite(name, given.get(name))),
  }));
  for (const {variable, values} of read) {
    const value = tf.tensor(values, variable.shape.map(Number), variable.dtype);
    variable.write(value);
    value.dispose();
  }
  return {prefix, ignored};
}

function commonPrefix(names: readonly string[]): string {
  let prefix = '';
  for (;;) {
    const next = WRAPPER_PREFIXES.find(
      (candidate) => names.length > 0 && names.every((name) => name.startsWith(prefix + candidate)),
    );
    if (next === undefined) return prefix;
    prefix += next;
  }
}

function finite(name: string, tensor: LazyTensor | undefined): Float32Array {
  const values = tensor?.toFloat32() ?? new Float32Array();
  const bad = values.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
  if (bad > 0) throw new PytorchFileError(`${name} has ${bad} values that are NaN or infinite, of ${values.length}`);
  return values;
}

/** The usual mistake: weights of the other operator. */
function hintOf(missing: readonly string[], unexpected: readonly string[]): string | undefined {
  const swapped = (wanted: string, given: string): boolean =>
    missing.some(
      (name) => name.endsWith(wanted) && unexpected.includes(name.slice(0, name.length - wanted.length) + given),
    );
  if (swapped('.adder', '.weight')) return "the model's operator is the adder; the file's is not";
  return swapped('.weight', '.adder') ? "the file's operator is the adder; the model's is not" : undefined;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
