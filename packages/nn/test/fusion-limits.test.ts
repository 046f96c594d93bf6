// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {AdderConv2D, adderConv2d, batchNormalization, conv2d, fuseForInference} from '../src/index.js';
import {add, apply, predictions, relu, train} from './fusion-networks.js';
import {expectClose, normalTensor, useCpu} from './helpers.js';

beforeAll(useCpu);

describe('fuseForInference leaves alone', () => {
  const untouchedBy = async (build: (input: tfl.SymbolicTensor) => tfl.SymbolicTensor | tfl.SymbolicTensor[]) => {
    const input = tfl.input({shape: [6, 6, 2]});
    const model = train(tfl.model({inputs: input, outputs: build(input)}));
    const {model: fused, fused: chains, untouched} = await fuseForInference(model);
    const x = normalTensor([2, 6, 6, 2], 'x');
    const expected = predictions(model, x);
    predictions(fused, x).forEach((values, index) => expectClose(values, expected[index]));
    return {chains: chains.map(({layer, absorbed}) => [layer, ...absorbed]), untouched};
  };
  const layer = (name: string) => adderConv2d({name, filters: 2, kernelSize: 3, padding: 1});

  it('an operator whose output others want, too', async () => {
    const {chains, untouched} = await untouchedBy((input) => {
      const y = apply(layer('a'), input);
      return [y, apply(batchNormalization({name: 'b'}), y)];
    });
    expect(chains).toEqual([]);
    expect(untouched).toEqual([
      {layer: 'a', reason: "its output goes to 1 layer and the model's output"},
      {layer: 'b', reason: "follows AdderConv2D 'a', with which it does not make one layer"},
    ]);
  });

  it('what lies behind such a place', async () => {
    const {chains} = await untouchedBy((input) => {
      const y = apply(batchNormalization({name: 'b'}), apply(layer('a'), input));
      return apply(add('sum'), apply(relu('r'), y), y);
    });
    expect(chains).toEqual([['a', 'b']]);
  });

  it('batch normalisation behind pooling', async () => {
    const {chains, untouched} = await untouchedBy((input) => {
      const pooled = apply(tfl.layers.maxPooling2d({name: 'pool', poolSize: 2}), apply(layer('a'), input));
      return apply(relu('r'), apply(batchNormalization({name: 'b'}), pooled));
    });
    expect(chains).toEqual([]);
    expect(untouched).toEqual([
      {layer: 'a', reason: "its output goes to MaxPooling2D 'pool'"},
      {layer: 'b', reason: "follows MaxPooling2D 'pool', with which it does not make one layer"},
    ]);
  });

  it('activations other than ReLU and ReLU6, and additions of three or with broadcasting', async () => {
    const {chains} = await untouchedBy((input) => {
      const one = apply(
        tfl.layers.reLU({name: 'r', maxValue: 1}),
        apply(batchNormalization({name: 'b'}), apply(layer('a'), input)),
      );
      const two = apply(batchNormalization({name: 'd'}), apply(layer('c'), input));
      const three = apply(add('sum'), one, two, input);
      const wide = apply(tfl.layers.reshape({name: 'one', targetShape: [1, 1, 72]}), three);
      const narrow = apply(conv2d({name: 'e', filters: 2, kernelSize: 1}), wide);
      return apply(add('wide'), apply(batchNormalization({name: 'f'}), narrow), three);
    });
    expect(chains).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('subclasses, of which nothing is known', async () => {
    class DoubledAdder extends AdderConv2D {
      static override readonly className = 'DoubledAdder';
      protected override operate(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
        return tf.mul(super.operate(x, kernel), 2);
      }
    }
    const build = (input: tfl.SymbolicTensor) =>
      apply(batchNormalization({name: 'b'}), apply(new DoubledAdder({name: 'a', filters: 2, kernelSize: 1}), input));
    const {untouched} = await untouchedBy(build);
    expect(untouched[0]).toEqual({
      layer: 'a',
      reason: 'DoubledAdder is no layer of @addernet/nn that has a fused form',
    });
  });
});
