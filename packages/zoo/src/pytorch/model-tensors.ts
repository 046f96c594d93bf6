// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import * as tfl from '@tensorflow/tfjs-layers';
import type {PytorchName} from './names.js';

/** A weight of a model as PyTorch has it. */
export interface ModelTensor {
  /** In the state dict, e.g. 'layer1.0.conv1.adder'. */
  readonly name: string;
  readonly variable: tfl.LayerVariable;
  /** PyTorch's shape: [outChannels, inChannels / groups, height, width] of a convolution, [out, in] of a fully connected layer. */
  readonly shape: readonly number[];
  /** Values in PyTorch's order to the model's. */
  toModel(values: Float32Array): Float32Array;
  /** Values in the model's order to PyTorch's. */
  fromModel(values: Float32Array): Float32Array;
}

/** Output channels last here, first there; the input channels before the window there. */
const FILTER_ORDER = [3, 2, 0, 1];

/**
 * The weights of a model by their names in a state dict.
 *
 * @throws ArgumentError if two weights get one name
 */
export function modelTensors(model: tfl.LayersModel, nameOf: PytorchName): ModelTensor[] {
  const tensors = model.layers.flatMap((layer) =>
    layer.weights.map((variable): ModelTensor => {
      const weight = variable.originalName.slice(variable.originalName.lastIndexOf('/') + 1);
      const name = nameOf({layer: layer.name, layerClass: layer.getClassName(), weight});
      return {name, variable, ...layoutOf(layer, variable.shape.map(Number))};
    }),
  );
  const names = tensors.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ArgumentError(
      `${model.name}: two weights are named ${twice} in the state dict; expected different names`,
    );
  }
  return tensors;
}

function layoutOf(
  layer: tfl.layers.Layer,
  shape: readonly number[],
): Pick<ModelTensor, 'shape' | 'toModel' | 'fromModel'> {
  if (shape.length === 4) return permuted(shape, FILTER_ORDER);
  const [features = 0, units = 0] = shape;
  if (shape.length !== 2) return {shape, toModel: (values) => values, fromModel: (values) => values};
  const map = flattenedMap(layer);
  if (map === undefined) return permuted(shape, [1, 0]);
  // PyTorch flattens [channels, height, width], TF.js [height, width, channels]: the features come in another order.
  return {...permuted([...map, units], FILTER_ORDER), shape: [units, features]};
}

/** [height, width, channels] of the map that a layer gets flattened; undefined if it gets something else. */
function flattenedMap(layer: tfl.layers.Layer): number[] | undefined {
  const {input} = layer;
  const source = input instanceof tfl.SymbolicTensor ? input.sourceLayer : undefined;
  const map = source?.getClassName() === 'Flatten' ? source.input : undefined;
  const shape = map instanceof tfl.SymbolicTensor ? map.shape.slice(1).map(Number) : [];
  return shape.length === 3 ? shape : undefined;
}

/** @param order axis of the model's shape that stands at each place of PyTorch's */
function permuted(shape: readonly number[], order: readonly number[]) {
  const inverse = order.map((_, axis) => order.indexOf(axis));
  const theirs = order.map((axis) => shape[axis] ?? 0);
  return {
    shape: theirs,
    toModel: (values: Float32Array) => permute(values, theirs, inverse),
    fromModel: (values: Float32Array) => permute(values, shape, order),
  };
}

/** Row-major values of `shape` with the axes in another order, as tf.transpose; on the host, where the values come from. */
function permute(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis] ?? 0);
  const steps = order.map((axis) => strides[axis] ?? 0);
  const result = new Float32Array(values.length);
  let index = 0;
  const visit = (axis: number, source: number): void => {
    if (axis === sizes.length) {
      result[index++] = values[source] ?? NaN;
      return;
    }
    for (let place = 0; place < (sizes[axis] ?? 0); place++) visit(axis + 1, source + place * (steps[axis] ?? 0));
  };
  visit(0, 0);
  return result;
}
