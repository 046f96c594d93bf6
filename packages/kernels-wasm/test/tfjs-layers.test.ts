// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import '../src/register.js';
import {register} from '../src/index.js';

const {layers} = tfl;
const IMAGE = [8, 8, 4];
const SEQUENCE = [6, 5];
const VECTOR = [10];
/** Word numbers of an embedding. */
const WORDS = [6];

type MakeLayer = () => tfl.layers.Layer;

/** Layers that a plain model of TF.js trains with, as [what, input shape, layer]. */
const LAYERS: readonly (readonly [string, readonly number[], MakeLayer])[] = [
  ['conv2d', IMAGE, () => layers.conv2d({filters: 3, kernelSize: 3})],
  [
    'conv2d, same, stride 2, ReLU',
    IMAGE,
    () => layers.conv2d({filters: 9, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu'}),
  ],
  ['conv2d, 1 × 2, no bias', IMAGE, () => layers.conv2d({filters: 3, kernelSize: [1, 2], useBias: false})],
  ['conv1d', SEQUENCE, () => layers.conv1d({filters: 3, kernelSize: 3, padding: 'same'})],
  [
    'conv2dTranspose',
    IMAGE,
    () => layers.conv2dTranspose({filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh'}),
  ],
  ['depthwiseConv2d, same', IMAGE, () => layers.depthwiseConv2d({kernelSize: 3, padding: 'same'})],
  [
    'depthwiseConv2d, multiplier 2, stride 2, ReLU6',
    IMAGE,
    () => layers.depthwiseConv2d({kernelSize: 3, strides: 2, depthMultiplier: 2, activation: 'relu6'}),
  ],
  ['separableConv2d', IMAGE, () => layers.separableConv2d({filters: 3, kernelSize: 3, depthMultiplier: 2})],
  ['averagePooling2d', IMAGE, () => layers.averagePooling2d({poolSize: 3, strides: 2})],
  ['averagePooling1d', SEQUENCE, () => layers.averagePooling1d({poolSize: 2})],
  ['globalAveragePooling2d', IMAGE, () => layers.globalAveragePooling2d({})],
  ['globalMaxPooling2d', IMAGE, () => layers.globalMaxPooling2d({})],
  ['batchNormalization', IMAGE, () => layers.batchNormalization({})],
  ['layerNormalization', IMAGE, () => layers.layerNormalization({})],
  ['dense', VECTOR, () => layers.dense({units: 4, activation: 'softmax'})],
  ['flatten', IMAGE, () => layers.flatten()],
  ['permute', IMAGE, () => layers.permute({dims: [3, 1, 2]})],
  ['zeroPadding2d', IMAGE, () => layers.zeroPadding2d({padding: [1, 2]})],
  [
    'cropping2D',
    IMAGE,
    () =>
      layers.cropping2D({
        cropping: [
          [1, 1],
          [2, 1],
        ],
      }),
  ],
  ['upSampling2d, bilinear', IMAGE, () => layers.upSampling2d({size: [2, 2], interpolation: 'bilinear'})],
  ['prelu', IMAGE, () => layers.prelu({sharedAxes: [1, 2]})],
  ['leakyReLU', IMAGE, () => layers.leakyReLU({})],
  ['elu', IMAGE, () => layers.elu()],
  ['activation swish', IMAGE, () => layers.activation({activation: 'swish'})],
  ['embedding', WORDS, () => layers.embedding({inputDim: 7, outputDim: 3})],
];

/** Layers whose gradient by TF.js's own kernel is wrong on wasm, and right with `override`. */
const REPAIRED: typeof LAYERS = [
  ['maxPooling2d', IMAGE, () => layers.maxPooling2d({poolSize: 2})],
  ['maxPooling2d, 3 × 3, stride 2, same', IMAGE, () => layers.maxPooling2d({poolSize: 3, strides: 2, padding: 'same'})],
  ['maxPooling1d', SEQUENCE, () => layers.maxPooling1d({poolSize: 2})],
];

function normalTensor(shape: readonly number[], ...stream: (string | number)[]): tf.Tensor {
  const random = new CounterRandom(3, ...stream);
  const length = shape.reduce((product, axis) => product * axis, 1);
  return tf.tensor(
    Float32Array.from({length}, () => random.normal()),
    [...shape],
  );
}

/** A layer's output in training, and the gradients of a random linear function of it in all weights and in the input. */
async function outputAndGradients(backend: string, inputShape: readonly number[], make: MakeLayer) {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const model = tfl.sequential({layers: [layers.inputLayer({inputShape: [...inputShape]}), make()]});
    model.weights.forEach((weight, index) => weight.write(tf.add(normalTensor(weight.shape as number[], index), 0.1)));
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const words = inputShape === WORDS;
    const x = words ? tf.tensor2d([0, 1, 6, 3, 3, 2, 1, 1, 5, 0, 6, 2], [2, 6]) : normalTensor([3, ...inputShape], 'x');
    const loss = (input: tf.Tensor): tf.Scalar => {
      const y = model.apply(input, {training: true}) as tf.Tensor;
      return tf.sum(tf.mul(y, normalTensor(y.shape, 'dy')));
    };
    const output = model.apply(x, {training: true}) as tf.Tensor;
    const gradients = variables.length === 0 ? {} : tf.variableGrads(() => loss(x), variables).grads;
    const tensors = [output, ...variables.map(({name}) => gradients[name])];
    if (!words) tensors.push(tf.grad(loss)(x));
    return tensors.map((tensor) => tensor.dataSync() as Float32Array);
  });
}

/** Every element as close as summing in float32 in another order lets it be. */
function expectAlike(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  expect(actual.map(({length}) => length)).toEqual(expected.map(({length}) => length));
  for (const [tensor, values] of expected.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < values.length; i++) {
      const difference = Math.abs(actual[tensor][i] - values[i]);
      if (!(difference <= 1e-5 * largest + 1e-6)) {
        expect.fail(`tensor ${tensor}, element ${i}: ${actual[tensor][i]} on wasm, ${values[i]} on cpu`);
      }
    }
  }
}

async function expectAlikeOnBothBackends(inputShape: readonly number[], make: MakeLayer): Promise<void> {
  const wasm = await outputAndGradients('wasm', inputShape, make);
  const cpu = await outputAndGradients('cpu', inputShape, make);
  expect(wasm.some((values) => values.some((value) => value !== 0))).toBe(true);
  expectAlike(wasm, cpu);
}

/** Images of which every class has a stripe of its own, under noise. */
function stripes(count: number, classes: number): {x: tf.Tensor4D; labels: tf.Tensor2D} {
  const random = new CounterRandom(11);
  const values = new Float32Array(count * 12 * 12);
  for (let image = 0; image < count; image++) {
    for (let pixel = 0; pixel < 144; pixel++) {
      const striped = Math.floor(pixel / 12 / 4) === image % classes;
      values[image * 144 + pixel] = (striped ? 1 : 0) + 0.3 * random.normal();
    }
  }
  const ids = tf.tensor1d(
    Array.from({length: count}, (_, image) => image % classes),
    'int32',
  );
  return {x: tf.tensor4d(values, [count, 12, 12, 1]), labels: tf.oneHot(ids, classes) as tf.Tensor2D};
}

/** A plain CNN with every kind of layer that is usual in one. */
function plainCnn(): tfl.Sequential {
  const seed = (number: number) => tfl.initializers.glorotUniform({seed: number});
  const model = tfl.sequential({
    layers: [
      layers.conv2d({
        inputShape: [12, 12, 1],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seed(1),
      }),
      layers.maxPooling2d({poolSize: 2}),
      layers.conv2d({filters: 8, kernelSize: 1, kernelInitializer: seed(2)}),
      layers.batchNormalization({}),
      layers.depthwiseConv2d({kernelSize: 3, padding: 'same', activation: 'relu', depthwiseInitializer: seed(3)}),
      layers.separableConv2d({
        filters: 12,
        kernelSize: 3,
        depthwiseInitializer: seed(4),
        pointwiseInitializer: seed(5),
      }),
      layers.averagePooling2d({poolSize: 2}),
      layers.dropout({rate: 0.1, seed: 6}),
      layers.flatten(),
      layers.dense({units: 3, activation: 'softmax', kernelInitializer: seed(7)}),
    ],
  });
  model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  return model;
}

/** Losses of the epochs. */
async function trainPlainCnn(backend: string, epochs: number): Promise<number[]> {
  await tf.setBackend(backend);
  const model = plainCnn();
  const {x, labels} = stripes(48, 3);
  const {history} = await model.fit(x, labels, {epochs, batchSize: 16, shuffle: false, verbose: 0});
  model.dispose();
  tf.dispose([x, labels]);
  return history['loss'] as number[];
}

async function expectPlainCnnToTrain(): Promise<void> {
  const losses = await trainPlainCnn('wasm', 8);
  expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] ?? 0));
  const [first = NaN, second = NaN] = await trainPlainCnn('cpu', 2);
  expect(Math.abs((losses[0] ?? 0) - first)).toBeLessThan(1e-4 * first);
  expect(Math.abs((losses[1] ?? 0) - second)).toBeLessThan(1e-3 * second);
}

beforeAll(() => {
  tf.enableProdMode();
});

// In this order: what is registered with override stays.
describe('with the register entry', () => {
  it.each(LAYERS)('%s: output and gradients are those of the cpu backend', async (_name, inputShape, make) => {
    await expectAlikeOnBothBackends(inputShape, make);
  });

  it.each(REPAIRED)(
    "%s: TF.js's own gradient is wrong where a window has no positive element",
    async (_, shape, make) => {
      await expect(expectAlikeOnBothBackends(shape, make)).rejects.toThrow(/on wasm, .* on cpu/);
    },
  );

  it.each(REPAIRED)('%s: behind a ReLU that does not matter', async (_name, inputShape, make) => {
    const pooled = () => {
      const input = tfl.input({shape: [...inputShape]});
      const rectified = layers.reLU().apply(input) as tfl.SymbolicTensor;
      return tfl.model({inputs: input, outputs: make().apply(rectified) as tfl.SymbolicTensor});
    };
    await expectAlikeOnBothBackends(inputShape, pooled);
  });

  it('a plain CNN trains, step by step as on the cpu backend', expectPlainCnnToTrain);
});

describe('with override', () => {
  beforeAll(() => {
    register({override: true});
  });

  it.each([...LAYERS, ...REPAIRED])('%s: output and gradients are those of the cpu backend', async (_, shape, make) => {
    await expectAlikeOnBothBackends(shape, make);
  });

  it('a plain CNN trains, step by step as on the cpu backend', expectPlainCnnToTrain);

  it('leaves nothing behind: neither tensors nor memory grow with the steps', async () => {
    await tf.setBackend('wasm');
    const model = plainCnn();
    const {x, labels} = stripes(16, 3);
    const fit = () => model.trainOnBatch(x, labels);
    for (let step = 0; step < 3; step++) await fit();
    const {numTensors, numDataBuffers} = tf.memory();
    for (let step = 0; step < 20; step++) await fit();
    expect(tf.memory()).toMatchObject({numTensors, numDataBuffers});
    model.dispose();
    tf.dispose([x, labels]);
  });
});
