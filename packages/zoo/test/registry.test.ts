// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {adderOperator, fromModelArtifacts, SGD, toModelArtifacts} from '@addernet/nn';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Architecture} from '@addernet/plugin';
import {createImagenetResnet, createMobilenetV2, createModel, type CreateModelOptions, listModels} from '@addernet/zoo';
import {builtInOperators, images, logitsOf, signAdder, startCpu, weightDigests} from './support.js';

beforeAll(startCpu);

/** Small enough for plain kernels, large enough for every architecture's downsampling. */
const inputShapes: Record<string, [number, number, number]> = {
  resnet20: [8, 8, 3],
  resnet32: [8, 8, 3],
  'resnet20-option-a': [8, 8, 3],
  resnet44: [8, 8, 3],
  resnet56: [8, 8, 3],
  'lenet++': [16, 16, 1],
  'vgg-small': [8, 8, 3],
  'lenet5-bn': [16, 12, 1],
  tiny: [8, 8, 3],
};

const operators = ['conv', 'adder'];

/** The networks for ImageNet by the same functions, but narrow: training and saving tens of millions of weights would take minutes. */
const narrow: Readonly<Record<string, Architecture>> = Object.fromEntries(
  [
    createImagenetResnet({name: 'resnet18', block: 'basic', blocksPerStage: [2, 2, 2, 2], widths: [4, 8, 8, 16]}),
    createImagenetResnet({name: 'resnet34', block: 'basic', blocksPerStage: [3, 4, 6, 3], widths: [4, 4, 8, 8]}),
    createImagenetResnet({name: 'resnet50', block: 'bottleneck', blocksPerStage: [3, 4, 6, 3], widths: [4, 4, 8, 8]}),
    createMobilenetV2({name: 'mobilenet-v2', widthMultiplier: 0.1, depthwise: 'operator'}),
  ].map((architecture) => [architecture.name, architecture]),
);

function build(name: string, {operator, ...options}: CreateModelOptions): tfl.LayersModel {
  const own =
    typeof operator === 'string' ? builtInOperators.find((candidate) => candidate.name === operator) : operator;
  if (own === undefined) {
    throw new Error(`no operator ${String(operator)}`);
  }
  return narrow[name]?.build({...options, operator: own}) ?? createModel(name, {...options, operator});
}

const cases = listModels().flatMap(({name}) =>
  [...operators, ...(name === 'tiny' || name === 'lenet5-bn' ? [signAdder] : [])].map((operator) => ({
    name,
    operator,
    label: `${name} × ${typeof operator === 'string' ? operator : `${operator.name}, passed as an object`}`,
  })),
);

test('every architecture of the zoo is listed with its source', () => {
  const names = listModels().map(({name}) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(inputShapes), ...Object.keys(narrow)]));
  for (const {name, description, source} of listModels()) {
    expect(description.length, name).toBeGreaterThan(10);
    expect(source.length, name).toBeGreaterThan(10);
  }
});

describe.each(cases)('$label', ({name, operator}) => {
  const inputShape = inputShapes[name] ?? [32, 32, 3];
  const numClasses = 5;
  const options = {operator, numClasses, inputShape, seed: 7};

  test('trains a step with finite gradients for every variable, and survives saving and loading bit for bit', async () => {
    const model = build(name, options);
    // Of two single values batch normalisation makes ±1 whatever they are, and of three often nearly so: what is before it has no gradient.
    const x = images(5, inputShape);
    const labels = tf.oneHot(tf.tensor1d([1, 4, 0, 2, 2], 'int32'), numClasses);
    expect(model.outputs.map((output) => output.shape)).toEqual([[null, numClasses]]);

    const variables = model.trainableWeights.map((weight) => weight.read()).filter((w) => w instanceof tf.Variable);
    expect(variables).toHaveLength(model.trainableWeights.length);
    const before = weightDigests(model);
    const {value, grads} = tf.variableGrads(() => {
      const logits = model.apply(x, {training: true});
      if (!(logits instanceof tf.Tensor)) {
        throw new Error('expected one tensor');
      }
      expect(logits.shape).toEqual([5, numClasses]);
      return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(labels, logits);
    }, variables);
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    expect(Object.keys(grads).sort()).toEqual(variables.map((variable) => variable.name).sort());
    for (const [variableName, gradient] of Object.entries(grads)) {
      const values = gradient.dataSync();
      expect(values.every(Number.isFinite), `gradient of ${variableName} is finite`).toBe(true);
    }
    const filterGradients = Object.entries(grads).filter(([, gradient]) => gradient.rank >= 2);
    for (const [variableName, gradient] of filterGradients) {
      expect(
        gradient.dataSync().some((g) => g !== 0),
        `gradient of ${variableName} is not all zero`,
      ).toBe(true);
    }
    // Adder filters' gradients may be too small to change a float32 without the local learning rate.
    new SGD({learningRate: 0.01}).applyGradients(grads);
    tf.dispose([value, grads]);

    // The training step also moved the running statistics: weights that are not fresh ones go through the file format.
    const after = weightDigests(model);
    const changed = [...after].filter(([key, value]) => value !== before.get(key));
    expect(changed.length).toBeGreaterThan(after.size * 0.9);

    const loaded = await fromModelArtifacts(await toModelArtifacts(model));
    expect(loaded.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
    expect(loaded.layers.map((layer) => layer.getClassName())).toEqual(
      model.layers.map((layer) => layer.getClassName()),
    );
    expect(weightDigests(loaded)).toEqual(after);
    expect(logitsOf(loaded, x)).toEqual(logitsOf(model, x));
    expect(logitsOf(model, x).every(Number.isFinite)).toBe(true);
    tf.dispose([x, labels]);
    model.dispose();
    loaded.dispose();
  });
});

describe.each(listModels())('$name', ({name}) => {
  const options = {operator: 'adder', numClasses: 5, inputShape: inputShapes[name] ?? [32, 32, 3], seed: 7};

  test('has the names and initial weights that its seed and nothing else gives it, and prints a summary', () => {
    const first = build(name, options);
    const second = build(name, options);
    const other = build(name, {...options, seed: 8});
    const names = first.layers.map((layer) => layer.name);
    expect(new Set(names).size).toBe(names.length);
    expect(second.layers.map((layer) => layer.name)).toEqual(names);
    expect(weightDigests(second)).toEqual(weightDigests(first));

    const weights = weightDigests(first);
    const otherWeights = weightDigests(other);
    const filters = first.layers.flatMap((layer) => layer.weights).filter((weight) => weight.shape.length >= 2);
    expect(filters.length).toBeGreaterThan(3);
    for (const {originalName} of filters) {
      expect(otherWeights.get(originalName), originalName).not.toEqual(weights.get(originalName));
    }
    const values = filters.map(({originalName}) => weights.get(originalName));
    expect(new Set(values).size).toBe(filters.length);

    const lines: string[] = [];
    first.summary(200, undefined, (line: string) => lines.push(line));
    const summary = lines.join('\n');
    for (const layer of first.layers) {
      expect(summary).toContain(layer.name);
    }
    expect(summary).toContain(`Total params: ${first.countParams()}`);
    [first, second, other].forEach((model) => model.dispose());
  });
});

test('an adder network and its twin start with the same ordinary layers', () => {
  const options = {numClasses: 10, inputShape: [16, 16, 3] as const, seed: 3};
  const adder = weightDigests(createModel('resnet20', {...options, operator: 'adder'}));
  const conv = weightDigests(createModel('resnet20', {...options, operator: 'conv'}));
  expect([...adder.keys()].length).toBe([...conv.keys()].length);
  const same = [...adder].filter(([name, value]) => name.endsWith('kernel') && conv.get(name) === value);
  expect(same.map(([name]) => name.split('/')[0])).toEqual(['stem.conv', 'head.conv']);
});

test('pointwise and depthwise layers of mobilenet-v2 are who’s the option says', () => {
  const options = {operator: adderOperator, numClasses: 3, inputShape: [32, 32, 3] as const, seed: 1};
  const adders = (architecture: Architecture) =>
    architecture
      .build(options)
      .layers.filter((layer) => layer.getClassName() === 'AdderConv2D')
      .map(({name}) => name.split('.').at(-2));
  const ordinary = adders(createMobilenetV2({name: 'mine', widthMultiplier: 0.1}));
  expect(new Set(ordinary)).toEqual(new Set(['expand', 'project', 'last']));
  expect(ordinary).toHaveLength(16 + 17 + 1);
  const all = adders(createMobilenetV2({name: 'mine', widthMultiplier: 0.1, depthwise: 'operator'}));
  expect(all.filter((name) => name === 'depthwise')).toHaveLength(17);
});

test('what a residual network for ImageNet keeps ordinary are its stem and its head, and it strides as the authors’ does', () => {
  const model = build('resnet50', {operator: 'adder', numClasses: 5, inputShape: [64, 64, 3], seed: 1});
  const ordinary = model.layers.filter((layer) => layer.getClassName() === 'AddernetConv2D').map(({name}) => name);
  expect(ordinary).toEqual(['stem.conv', 'head.conv']);
  expect(model.getLayer('stem.pool').outputShape).toEqual([null, 16, 16, 4]);
  expect(model.getLayer('stage2.block0.conv1').outputShape).toEqual([null, 16, 16, 4]);
  expect(model.getLayer('stage2.block0.conv2').outputShape).toEqual([null, 8, 8, 4]);
  expect(model.getLayer('stage4.block2.relu3').outputShape).toEqual([null, 2, 2, 32]);
});

test('the stem’s pooling is that of PyTorch: padded on all sides, also for odd maps', () => {
  const model = build('resnet18', {operator: 'conv', numClasses: 2, inputShape: [34, 42, 1], seed: 1});
  const stem = tfl.model({inputs: model.inputs, outputs: model.getLayer('stem.relu').output});
  const pooled = tfl.model({inputs: model.inputs, outputs: model.getLayer('stem.pool').output});
  const x = images(1, [34, 42, 1]);
  const before = stem.predict(x);
  const after = pooled.predict(x);
  if (Array.isArray(before) || Array.isArray(after)) {
    throw new Error('expected one tensor');
  }
  expect(before.shape).toEqual([1, 17, 21, 4]);
  expect(after.shape).toEqual([1, 9, 11, 4]);
  const at = (row: number, column: number) =>
    row < 0 || row > 16 || column < 0 || column > 20 ? -Infinity : before.dataSync()[(row * 21 + column) * 4 + 1];
  for (const [row, column] of [
    [0, 0],
    [0, 10],
    [8, 10],
    [4, 5],
  ] as const) {
    const window = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => at(2 * row + i, 2 * column + j)));
    expect(after.dataSync()[(row * 11 + column) * 4 + 1]).toBe(Math.max(...window.map((value) => value ?? NaN)));
  }
});

describe('models of one architecture in one process', () => {
  const options = {operator: 'adder', numClasses: 3, inputShape: [8, 8, 1] as const, seed: 5};
  const makeOptimizer = () => new SGD({learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4});
  const compile = (model: tfl.LayersModel, optimizer: SGD) =>
    model.compile({
      optimizer,
      loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits),
    });
  const train = async (steps: number, ...models: tfl.LayersModel[]) => {
    const x = images(4, options.inputShape);
    const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3);
    for (let step = 0; step < steps; step++) {
      for (const model of models) {
        await model.trainOnBatch(x, y);
      }
    }
    tf.dispose([x, y]);
  };

  test('train side by side, each with its own optimizer state', async () => {
    const [first, second, untrained] = [1, 2, 3].map(() => createModel('tiny', options));
    if (first === undefined || second === undefined || untrained === undefined) {
      throw new Error('expected three models');
    }
    compile(first, makeOptimizer());
    compile(second, makeOptimizer());
    await train(3, first, second);
    expect(weightDigests(second)).toEqual(weightDigests(first));
    expect(weightDigests(first)).not.toEqual(weightDigests(untrained));
  });

  test('go on training after saving and loading as if nothing had happened', async () => {
    const straight = createModel('tiny', options);
    compile(straight, makeOptimizer());
    await train(4, straight);

    const stopped = createModel('tiny', options);
    const optimizer = makeOptimizer();
    compile(stopped, optimizer);
    await train(2, stopped);
    const resumed = await fromModelArtifacts(await toModelArtifacts(stopped));
    const resumedOptimizer = makeOptimizer();
    await resumedOptimizer.setWeights(await optimizer.getWeights());
    compile(resumed, resumedOptimizer);
    await train(2, resumed);
    expect(weightDigests(resumed)).toEqual(weightDigests(straight));
  });
});
