// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, GradientError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  AdderConv2D,
  adderConv2d,
  adderDense,
  batchNormalization,
  conv2d,
  countCosts,
  dense,
  FusedAdderConv2D,
  fromModelArtifacts,
  fuseForInference,
  SGD,
  toModelArtifacts,
} from '../src/index.js';
import {expectClose, normals, normalTensor, useCpu} from './helpers.js';

beforeAll(useCpu);

const apply = (layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tfl.SymbolicTensor;
const relu = (name: string) => tfl.layers.reLU({name});
const relu6 = (name: string) => tfl.layers.reLU({name, maxValue: 6});
const add = (name: string) => tfl.layers.add({name});

/** Running statistics and factors as of a trained network: nothing at its initial value, large negative means behind adders. */
function train(model: tfl.LayersModel): tfl.LayersModel {
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

function predictions(model: tfl.LayersModel, ...inputs: tf.Tensor[]): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat().map((y) => Float32Array.from(y.dataSync())),
  );
}

/** Everything that folds: biases, groups, both activations, identity and projected shortcuts, fully connected layers. */
function residualNetwork(): tfl.LayersModel {
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

  describe('leaves alone', () => {
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
