// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, GradientError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  adderConv2d,
  batchNormalization,
  conv2d,
  countCosts,
  FusedAdderConv2D,
  fromModelArtifacts,
  fuseForInference,
  SGD,
  toModelArtifacts,
} from '../src/index.js';
import {add, apply, predictions, relu, residualNetwork, train} from './fusion-networks.js';
import {expectClose, normalTensor, useCpu} from './helpers.js';

beforeAll(useCpu);

describe('fuseForInference', () => {
  it('folds all that follows an operator, and predicts the same', async () => {
    const model = residualNetwork();
    const x = normalTensor([4, 8, 6, 2], 'x');
    const before = predictions(model, x);
    const {model: fused, fused: chains, untouched} = await fuseForInference(model);
    expect(fused.name).toBe('residual');
    expect(chains.map(({layer, absorbed}) => [layer, ...absorbed])).toEqual([
      ['stem', 'stem.bn', 'stem.relu'],
      ['same.1', 'same.bn1', 'same.relu1'],
      ['same.2', 'same.bn2', 'same.add', 'same.relu2'],
      ['half.1', 'half.bn1', 'half.relu1'],
      ['half.2', 'half.bn2', 'half.add', 'half.relu2'],
      ['half.shortcut', 'half.shortcut.bn'],
      ['last', 'last.relu'],
      ['dense', 'dense.bn', 'dense.relu'],
      ['features', 'features.bn'],
    ]);
    expect(chains.filter(({residual}) => residual).map(({layer}) => layer)).toEqual(['same.2', 'half.2']);
    expect(new Set(chains.map(({activation}) => activation))).toEqual(new Set(['linear', 'relu', 'relu6']));
    expect(untouched.map(({layer}) => layer)).toEqual(['logits']);
    expect(fused.layers.map((layer) => layer.getClassName()).sort()).toEqual([
      'AddernetDense',
      ...['AddernetFusedConv2D', 'AddernetFusedConv2D', 'AddernetFusedConv2D', 'AddernetFusedDense', 'Flatten'],
      ...['FusedAdderConv2D', 'FusedAdderConv2D', 'FusedAdderConv2D', 'FusedAdderConv2D', 'FusedAdderDense'],
      'InputLayer',
    ]);
    const after = predictions(fused, x);
    expectClose(after[0], before[0], {absolute: 1e-5, relative: 1e-5});
    // A batch of none, which TF.js's predict does not take.
    expect((fused.apply(tf.zeros([0, 8, 6, 2])) as tf.Tensor).shape).toEqual([0, 3]);
  });

  it('leaves the model as it is, has weights of its own, and gives them back', async () => {
    const model = residualNetwork();
    const x = normalTensor([2, 8, 6, 2], 'x');
    const before = predictions(model, x);
    const {numTensors} = tf.memory();
    const {model: fused} = await fuseForInference(model);
    expect(fused.trainableWeights.map(({originalName}) => originalName)).toEqual(['logits/kernel', 'logits/bias']);
    const fusedBefore = predictions(fused, x);
    train(model);
    for (const weight of model.weights) tf.tidy(() => void weight.write(tf.zerosLike(weight.read())));
    expect(predictions(fused, x)).toEqual(fusedBefore);
    fused.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
    train(model);
    expect(predictions(model, x)).toEqual(before);
  });

  it('gives a model that is saved and loaded to the bit', async () => {
    const {model: fused} = await fuseForInference(residualNetwork());
    const loaded = await fromModelArtifacts(await toModelArtifacts(fused));
    const x = normalTensor([3, 8, 6, 2], 'x');
    expect(predictions(loaded, x)).toEqual(predictions(fused, x));
    expect((await fuseForInference(loaded)).fused).toEqual([]);
  });

  it('gives a model of as many operations', async () => {
    const model = residualNetwork();
    const {model: fused} = await fuseForInference(model);
    const [own, others] = [await countCosts(model), await countCosts(fused)];
    const total = (of: tfl.LayersModel, quantity: 'taps' | 'multiplications' | 'additions') =>
      (of === model ? own : others).layers.reduce((sum, layer) => sum + layer[quantity], 0);
    expect(own.fusedLayers?.map(({additions}) => additions)).toEqual(others.layers.map(({additions}) => additions));
    expect(total(fused, 'taps')).toBe(total(model, 'taps'));
    // Behind the two biases without batch normalisation stands a scale of 1; a bias before one is part of its offset.
    const elements = (name: string) => own.layers.find(({layer}) => layer === name)?.outputElements ?? NaN;
    expect(total(fused, 'multiplications')).toBe(total(model, 'multiplications') + elements('last'));
    const folded = ['stem', 'dense', 'features'].reduce((sum, name) => sum + elements(name), 0);
    expect(total(fused, 'additions')).toBe(total(model, 'additions') - folded);
  });

  it('takes several inputs and outputs, nested and sequential models, and shared layers', async () => {
    const shared = adderConv2d({name: 'shared', filters: 3, kernelSize: 3, padding: 1});
    const sharedNorm = batchNormalization({name: 'shared.bn'});
    const block = tfl.sequential({name: 'block'});
    block.add(conv2d({name: 'inner', filters: 3, kernelSize: 1, inputShape: [4, 4, 3]}));
    block.add(batchNormalization({name: 'inner.bn'}));
    block.add(relu('inner.relu'));
    const left = tfl.input({shape: [4, 4, 3], name: 'left'});
    const right = tfl.input({shape: [4, 4, 3], name: 'right'});
    const both = [left, right].map((input) => apply(sharedNorm, apply(shared, input)));
    const sum = apply(add('sum'), apply(block, both[0]), both[1]);
    const model = train(tfl.model({inputs: [left, right], outputs: [sum, both[0]]}));
    const {model: fused, fused: chains, untouched} = await fuseForInference(model);
    expect(chains.map(({layer, absorbed}) => [layer, ...absorbed])).toEqual([['inner', 'inner.bn', 'inner.relu']]);
    expect(untouched.map(({layer, reason}) => `${layer}: ${reason}`)).toEqual([
      'shared: is used more than once',
      'shared: is used more than once',
      ...new Array(2).fill("shared.bn: follows AdderConv2D 'shared', with which it does not make one layer"),
    ]);
    expect(fused.layers.filter(({name}) => name === 'shared')).toHaveLength(1);
    const [x, y] = [normalTensor([2, 4, 4, 3], 'x'), normalTensor([2, 4, 4, 3], 'y')];
    const expected = predictions(model, x, y);
    predictions(fused, x, y).forEach((values, index) => expectClose(values, expected[index]));
  });

  it('says which layer cannot be copied, and leaves no weights behind', async () => {
    class Headstrong extends tfl.layers.Layer {
      static readonly className = 'Headstrong';
      static override fromConfig(): never {
        return undefined as never;
      }
    }
    const model = residualNetwork();
    const y = apply(new Headstrong({name: 'headstrong'}), model.outputs[0]);
    const before = tf.memory().numTensors;
    await expect(fuseForInference(tfl.model({inputs: model.inputs, outputs: y}))).rejects.toThrow(ArgumentError);
    await expect(fuseForInference(tfl.model({inputs: model.inputs, outputs: y}))).rejects.toThrow(
      "layer 'headstrong' of class Headstrong cannot be copied",
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a model that cannot be trained, but for what follows the last fused layer', async () => {
    const model = residualNetwork();
    const {model: fused} = await fuseForInference(model);
    const [x, y] = [normalTensor([4, 8, 6, 2], 'x'), normalTensor([4, 3], 'y')];
    fused.compile({optimizer: new SGD({learningRate: 1e-3}), loss: 'meanSquaredError'});
    await fused.fit(x, y, {epochs: 1, verbose: 0});
    const layer = fused.getLayer('same.1');
    expect(() => tf.grad((image) => layer.apply(image) as tf.Tensor)(normalTensor([1, 8, 6, 4], 'x'))).toThrow(
      GradientError,
    );
  });
});

describe('a fused layer', () => {
  it('refuses a bias and unknown activations', () => {
    expect(() => new FusedAdderConv2D({name: 'a', filters: 1, kernelSize: 1, useBias: true})).toThrow(
      "FusedAdderConv2D 'a': useBias is true; a fused layer's offset takes the place of a bias",
    );
    expect(() => new FusedAdderConv2D({name: 'a', filters: 1, kernelSize: 1, activation: 'elu' as 'relu'})).toThrow(
      "FusedAdderConv2D 'a': activation is 'elu'; expected one of 'linear', 'relu', 'relu6'",
    );
  });
});
