// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  adderConv2d,
  batchNormalization,
  conv2d,
  dense,
  isAdderFilter,
  markAdderFilter,
  SGD,
  type SGDConfig,
  StateMismatchError,
} from '../src/index.js';
import {chain, expectClose, normals, normalTensor, useCpu, variableNamed, variables, weightBits} from './helpers.js';

beforeAll(useCpu);

/** The update in plain float64 numbers. */
class Simulation {
  #velocity: number[] | undefined;
  constructor(
    public weights: number[],
    private readonly config: Required<{[K in keyof SGDConfig]: NonNullable<SGDConfig[K]>}>,
    private readonly adder: boolean,
  ) {}

  step(gradient: ArrayLike<number>): void {
    const {learningRate, momentum, weightDecay, nesterov, localLearningRate, increasedLearningRate} = this.config;
    let g = Array.from(gradient);
    if (this.adder && localLearningRate !== false) {
      const norm = Math.sqrt(g.reduce((sum, value) => sum + value * value, 0));
      const factor = (localLearningRate.eta * Math.sqrt(g.length)) / Math.max(norm, 1e-12);
      g = g.map((value) => value * factor);
    }
    if (this.adder) {
      g = g.map((value) => value * increasedLearningRate);
    }
    g = g.map((value, i) => value + weightDecay * (this.weights[i] ?? NaN));
    const velocity = this.#velocity;
    const v = velocity === undefined ? g : g.map((value, i) => momentum * (velocity[i] ?? NaN) + value);
    this.#velocity = v;
    const direction = nesterov ? g.map((value, i) => value + momentum * (v[i] ?? NaN)) : v;
    this.weights = this.weights.map((weight, i) => weight - learningRate * (direction[i] ?? NaN));
  }
}

describe('SGD', () => {
  it('makes the same steps as a float64 simulation, adder filters by the local learning rate', () => {
    fc.assert(
      fc.property(
        fc.record({
          learningRate: fc.double({min: 0.001, max: 0.5, noNaN: true}),
          momentum: fc.constantFrom(0, 0.5, 0.9),
          weightDecay: fc.constantFrom(0, 5e-4, 0.1),
          nesterov: fc.boolean(),
          localLearningRate: fc.oneof(fc.constant(false as const), fc.record({eta: fc.constantFrom(0.2, 1)})),
          increasedLearningRate: fc.constantFrom(0, 1, 10),
        }),
        fc.integer({min: 1, max: 40}),
        fc.constantFrom(1e-14, 1e-3, 1, 1e3),
        (options, size, scale) => {
          const config = {...options, nesterov: options.nesterov && options.momentum > 0};
          const optimizer = new SGD(config);
          const subjects = [true, false].map((adder) => {
            const variable = tf.variable(tf.tensor1d(normals(size, 'w', Number(adder))));
            if (adder) markAdderFilter(variable);
            return {adder, variable, simulation: new Simulation([...variable.dataSync()], config, adder)};
          });
          for (let step = 0; step < 4; ++step) {
            const gradients: Record<string, tf.Tensor> = {};
            for (const {adder, variable, simulation} of subjects) {
              const g = normals(size, 'g', step, Number(adder)).map((value) => value * scale);
              gradients[variable.name] = tf.tensor1d(g);
              simulation.step(g);
            }
            optimizer.applyGradients(gradients);
            tf.dispose(gradients);
            for (const {variable, simulation} of subjects) {
              expectClose(variable.dataSync(), simulation.weights, {
                absolute: 1e-5 * Math.max(1, scale) * Math.max(1, config.increasedLearningRate),
                relative: 1e-5,
              });
            }
          }
          expect(optimizer.iterations).toBe(4);
          optimizer.dispose();
          tf.dispose(subjects.map(({variable}) => variable));
        },
      ),
      {numRuns: 50},
    );
  });

  it('norms the whole filter tensor of a layer: the step has the length η·√k·learningRate whatever the gradient', () => {
    const model = chain([5, 5, 2], [adderConv2d({name: 'adder', filters: 4, kernelSize: 3})]);
    const kernel = variableNamed(model, 'adder/kernel');
    expect(isAdderFilter(kernel)).toBe(true);
    const before = [...kernel.dataSync()];
    const optimizer = new SGD({learningRate: 0.5, localLearningRate: {eta: 0.2}});
    const x = normalTensor<tf.Rank.R4>([2, 5, 5, 2], 'x');
    optimizer.minimize(
      () => tf.mul(1234, tf.sum(model.apply(x, {training: true}) as tf.Tensor)) as tf.Scalar,
      false,
      variables(model),
    );
    const after = [...kernel.dataSync()];
    const length = Math.sqrt(after.reduce((sum, value, i) => sum + (value - (before[i] ?? NaN)) ** 2, 0));
    expectClose([length], [0.5 * 0.2 * Math.sqrt(3 * 3 * 2 * 4)], {absolute: 0, relative: 1e-5});
  });

  it('adds weight decay to every variable, after the local learning rate', () => {
    const model = chain(
      [4, 4, 2],
      [
        adderConv2d({name: 'a', filters: 2, kernelSize: 1, useBias: true, biasInitializer: 'ones'}),
        batchNormalization({name: 'b'}),
      ],
    );
    const optimizer = new SGD({learningRate: 1, weightDecay: 0.25});
    const before = weightsOf(model);
    optimizer.applyGradients(
      Object.fromEntries(variables(model).map((variable) => [variable.name, tf.zerosLike(variable)])),
    );
    for (const {originalName, trainable} of model.weights) {
      const kept = trainable ? 0.75 : 1;
      expectClose(
        weightsOf(model)[originalName] ?? [],
        (before[originalName] ?? []).map((value) => kept * value),
      );
    }
  });

  it('keeps velocities by variable name, whatever the order and the set of gradients', () => {
    const [a, b] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0))];
    const optimizer = new SGD({learningRate: 1, momentum: 0.5});
    optimizer.applyGradients([{name: a.name, tensor: tf.scalar(1)}]);
    optimizer.applyGradients([
      {name: b.name, tensor: tf.scalar(8)},
      {name: a.name, tensor: tf.scalar(0)},
    ]);
    optimizer.applyGradients({[a.name]: tf.scalar(0), [b.name]: tf.scalar(0)});
    expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([-1.75, -12]);
  });

  it('takes a new learning rate at any time', () => {
    const w = tf.variable(tf.scalar(0));
    const optimizer = new SGD({learningRate: 1});
    optimizer.applyGradients({[w.name]: tf.scalar(1)});
    optimizer.learningRate = 0.25;
    optimizer.applyGradients({[w.name]: tf.scalar(1)});
    expect(w.dataSync()[0]).toBe(-1.25);
    expect(() => (optimizer.learningRate = NaN)).toThrow(/learningRate is NaN/);
  });

  it('applies constraints after the step', () => {
    const model = chain(
      [3],
      [dense({name: 'd', units: 2, kernelConstraint: 'nonNeg', kernelInitializer: 'ones', useBias: false})],
    );
    const kernel = variableNamed(model, 'd/kernel');
    new SGD({learningRate: 1}).applyGradients({
      [kernel.name]: tf.tensor2d([
        [2, 0.5],
        [-1, 1],
        [3, 0],
      ]),
    });
    expect([...kernel.dataSync()]).toEqual([0, 0.5, 2, 0, 0, 1]);
  });

  it('leaks nothing, and dispose gives everything back', async () => {
    const model = smallModel();
    const x = normalTensor<tf.Rank.R4>([4, 6, 6, 2], 'leak');
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), 3);
    const start = tf.memory().numTensors;
    const optimizer = new SGD({learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3});
    const step = (): void => {
      optimizer.minimize(() => lossOf(model, x, labels), false, variables(model));
    };
    step();
    const after = tf.memory();
    for (let i = 0; i < 3; ++i) {
      step();
    }
    expect(tf.memory().numTensors).toBe(after.numTensors);
    expect(tf.memory().numDataBuffers).toBe(after.numDataBuffers);
    await optimizer.getWeights();
    await optimizer.getWeights();
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });

  it('resumes from saved weights and state bit for bit', async () => {
    const x = normalTensor<tf.Rank.R4>([6, 6, 6, 2], 'resume');
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3);
    const config = {learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4};
    const train = (model: tfl.LayersModel, optimizer: SGD, steps: number): void => {
      for (let i = 0; i < steps; ++i) {
        optimizer.minimize(() => lossOf(model, x, labels), false, variables(model));
      }
    };
    const whole = smallModel();
    train(whole, new SGD(config), 6);

    const first = smallModel();
    const optimizer = new SGD(config);
    train(first, optimizer, 3);
    const state = (await optimizer.getWeights()).map(({name, tensor}) => ({name, tensor: tf.clone(tensor)}));
    const weights = first.getWeights().map((weight) => tf.clone(weight));
    optimizer.dispose();
    first.dispose();

    const second = smallModel();
    second.setWeights(weights);
    const resumed = SGD.fromConfig<SGD>(SGD, optimizer.getConfig());
    await resumed.setWeights(state);
    tf.dispose(state.map(({tensor}) => tensor));
    expect(resumed.iterations).toBe(3);
    // State that was loaded and not yet used is state too.
    expect((await resumed.getWeights()).length).toBe(state.length);
    train(second, resumed, 3);
    expect(weightBits(second)).toEqual(weightBits(whole));
    // The velocities matter: without them the result differs.
    const forgetful = smallModel();
    forgetful.setWeights(weights);
    train(forgetful, new SGD(config), 3);
    expect(weightBits(forgetful)).not.toEqual(weightBits(whole));
  });

  it('refuses state that is not its own', async () => {
    const optimizer = new SGD({learningRate: 1, momentum: 0.9});
    const iter = {name: 'iter', tensor: tf.scalar(1, 'int32')};
    await expect(optimizer.setWeights([])).rejects.toThrow(StateMismatchError);
    await expect(optimizer.setWeights([iter, {name: 'w/m', tensor: tf.scalar(1)}])).rejects.toThrow(/'\/momentum'/);
    const [first, second] = [tf.variable(tf.zeros([2]), true, 'state/a'), tf.variable(tf.zeros([3]), true, 'state/b')];
    await optimizer.setWeights([iter, {name: 'state/a/momentum', tensor: tf.zeros([5])}]);
    expect(() => optimizer.applyGradients({[first.name]: tf.ones([2])})).toThrow(/has shape \[5\].*has \[2\]/);
    await optimizer.setWeights([iter, {name: 'state/c/momentum', tensor: tf.zeros([3])}]);
    expect(() => optimizer.applyGradients({[second.name]: tf.ones([3])})).toThrow(
      /nothing in it is for state\/b.*state\/c/,
    );
    const plain = new SGD({learningRate: 1});
    await expect(plain.setWeights([iter, {name: 'state/a/momentum', tensor: tf.zeros([2])}])).rejects.toThrow(
      /without momentum/,
    );
  });

  it('says what is wrong with its options and gradients', () => {
    expect(() => new SGD({learningRate: -1})).toThrow(/learningRate is -1; expected a finite number of at least 0/);
    expect(() => new SGD({learningRate: 1, momentum: 1})).toThrow(/momentum is 1/);
    expect(() => new SGD({learningRate: 1, nesterov: true})).toThrow(/nesterov needs a momentum/);
    expect(() => new SGD({learningRate: 1}).applyGradients({nowhere: tf.scalar(1)})).toThrow(
      /'nowhere'; there is no variable/,
    );
  });

  it('round-trips its config', () => {
    const config = {
      learningRate: 0.1,
      momentum: 0.9,
      weightDecay: 5e-4,
      nesterov: true,
      localLearningRate: {eta: 0.3},
      increasedLearningRate: 3,
    };
    expect(SGD.fromConfig(SGD, new SGD(config).getConfig()).getConfig()).toEqual(config);
    const off = new SGD({learningRate: 0.1, localLearningRate: false});
    expect(SGD.fromConfig(SGD, off.getConfig()).getConfig()).toMatchObject({localLearningRate: false});
    expect(new SGD({learningRate: 0.1}).localLearningRate).toEqual({eta: 0.2});
  });
});

function smallModel(): tfl.LayersModel {
  return chain(
    [6, 6, 2],
    [
      conv2d({name: 'stem', filters: 3, kernelSize: 3, padding: 1, seed: 4}),
      batchNormalization({name: 'stem_bn'}),
      tfl.layers.reLU(),
      adderConv2d({name: 'body', filters: 4, kernelSize: 3, padding: 1, strides: 2, seed: 4}),
      batchNormalization({name: 'body_bn'}),
      tfl.layers.globalAveragePooling2d({}),
      dense({name: 'head', units: 3, seed: 4}),
    ],
  );
}

function lossOf(model: tfl.LayersModel, x: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(labels, model.apply(x, {training: true}) as tf.Tensor2D) as tf.Scalar;
}

function weightsOf(model: tfl.LayersModel): Record<string, number[]> {
  return Object.fromEntries(model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]));
}
