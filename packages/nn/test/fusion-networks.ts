// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {adderConv2d, adderDense, batchNormalization, conv2d, dense} from '../src/index.js';
import {normals} from './helpers.js';

export const apply = (layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tfl.SymbolicTensor;
export const relu = (name: string) => tfl.layers.reLU({name});
const relu6 = (name: string) => tfl.layers.reLU({name, maxValue: 6});
export const add = (name: string) => tfl.layers.add({name});

/** Running statistics and factors as of a trained network: nothing at its initial value, large negative means behind adders. */
export function train(model: tfl.LayersModel): tfl.LayersModel {
  for (const weight of model.weights) {
    const values = normals(tf.util.sizeFromShape(weight.shape as number[]), weight.originalName);
    const kind = /[^/]*$/.exec(weight.originalName)?.[0] ?? '';
    const change: Record<string, (value: number) => number> = {
      gamma: (value) => 1 + value / 4,
      beta: (value) => value / 2,
      moving_mean: (value) => 3 * value - 10,
      moving_variance: (value) => 10 + 5 * Math.abs(value),
      bias: (value) => 2 * value,
    };
    tf.tidy(
      () => void weight.write(tf.tensor(values.map(change[kind] ?? ((value) => value)), weight.shape as number[])),
    );
  }
  return model;
}

export function predictions(model: tfl.LayersModel, ...inputs: tf.Tensor[]): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat().map((y) => Float32Array.from(y.dataSync())),
  );
}

/** Everything that folds: biases, groups, both activations, identity and projected shortcuts, fully connected layers. */
export function residualNetwork(): tfl.LayersModel {
  const input = tfl.input({shape: [8, 6, 2], name: 'image'});
  let x = apply(conv2d({name: 'stem', filters: 4, kernelSize: 3, padding: 1, useBias: true}), input);
  x = apply(relu6('stem.relu'), apply(batchNormalization({name: 'stem.bn', scale: false}), x));
  for (const [name, filters, strides] of [
    ['same', 4, 1],
    ['half', 8, 2],
  ] as const) {
    let y = apply(adderConv2d({name: `${name}.1`, filters, kernelSize: 3, strides, padding: 1, groups: 2}), x);
    y = apply(relu(`${name}.relu1`), apply(batchNormalization({name: `${name}.bn1`, center: false}), y));
    y = apply(adderConv2d({name: `${name}.2`, filters, kernelSize: 3, padding: 1}), y);
    y = apply(batchNormalization({name: `${name}.bn2`, epsilon: 1e-3}), y);
    const shortcut =
      strides === 1
        ? x
        : apply(
            batchNormalization({name: `${name}.shortcut.bn`}),
            apply(conv2d({name: `${name}.shortcut`, filters, kernelSize: 1, strides}), x),
          );
    x = apply(
      tfl.layers.activation({name: `${name}.relu2`, activation: 'relu'}),
      apply(add(`${name}.add`), y, shortcut),
    );
  }
  x = apply(conv2d({name: 'last', filters: 8, kernelSize: 1, useBias: true}), x);
  x = apply(tfl.layers.flatten({name: 'flatten'}), apply(relu('last.relu'), x));
  x = apply(
    relu('dense.relu'),
    apply(batchNormalization({name: 'dense.bn'}), apply(adderDense({name: 'dense', units: 7}), x)),
  );
  x = apply(batchNormalization({name: 'features.bn'}), apply(dense({name: 'features', units: 5}), x));
  x = apply(dense({name: 'logits', units: 3}), x);
  return train(tfl.model({inputs: input, outputs: x, name: 'residual'}));
}
