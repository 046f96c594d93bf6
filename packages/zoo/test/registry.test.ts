// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {fromModelArtifacts, SGD, toModelArtifacts} from '@addernet/nn';
import {beforeAll, describe, expect, test} from 'vitest';
import {createModel, listModels} from '@addernet/zoo';
import {images, logitsOf, operatorName, operators, startCpu, weightsByName} from './support.js';

beforeAll(startCpu);

/** Small enough for plain kernels, large enough for every architecture's downsampling. */
const inputShapes: Record<string, [number, number, number]> = {
  resnet20: [8, 8, 3],
  resnet32: [8, 8, 3],
  'vgg-small': [8, 8, 3],
  'lenet5-bn': [16, 12, 1],
  tiny: [8, 8, 3],
};

const cases = listModels().flatMap(({name}) =>
  operators.map((operator) => ({name, operator, label: `${name} × ${operatorName(operator)}`})),
);

test('every architecture of the zoo is listed with its source', () => {
  expect(listModels().map(({name}) => name)).toEqual(['resnet20', 'resnet32', 'vgg-small', 'lenet5-bn', 'tiny']);
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
    const model = createModel(name, options);
    const x = images(2, inputShape);
    const labels = tf.oneHot(tf.tensor1d([1, 4], 'int32'), numClasses);
    expect(model.outputs.map((output) => output.shape)).toEqual([[null, numClasses]]);

    const variables = model.trainableWeights.map((weight) => weight.read()).filter((w) => w instanceof tf.Variable);
    expect(variables).toHaveLength(model.trainableWeights.length);
    const before = weightsByName(model);
    const {value, grads} = tf.variableGrads(() => {
      const logits = model.apply(x, {training: true});
      if (!(logits instanceof tf.Tensor)) {
        throw new Error('expected one tensor');
      }
      expect(logits.shape).toEqual([2, numClasses]);
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
    tf.train.sgd(0.01).applyGradients(grads);
    tf.dispose([value, grads]);

    // The training step also moved the running statistics: weights that are not fresh ones go through the file format.
    const after = weightsByName(model);
    const changed = [...after].filter(([key, values]) => values.some((v, i) => v !== before.get(key)?.[i]));
    expect(changed.some(([key]) => key.includes('conv'))).toBe(true);
    expect(changed.length).toBeGreaterThan(after.size / 2);

    const loaded = await fromModelArtifacts(await toModelArtifacts(model));
    expect(loaded.layers.map((layer) => layer.name)).toEqual(model.layers.map((layer) => layer.name));
    expect(loaded.layers.map((layer) => layer.getClassName())).toEqual(
      model.layers.map((layer) => layer.getClassName()),
    );
    expect(weightsByName(loaded)).toEqual(after);
    expect(logitsOf(loaded, x)).toEqual(logitsOf(model, x));
    expect(logitsOf(model, x).every(Number.isFinite)).toBe(true);
    tf.dispose([x, labels]);
    model.dispose();
    loaded.dispose();
  });

  test('has the names and initial weights that its seed and nothing else gives it', () => {
    const first = createModel(name, options);
    const second = createModel(name, options);
    const other = createModel(name, {...options, seed: 8});
    const names = first.layers.map((layer) => layer.name);
    expect(new Set(names).size).toBe(names.length);
    expect(second.layers.map((layer) => layer.name)).toEqual(names);
    expect(weightsByName(second)).toEqual(weightsByName(first));

    const weights = weightsByName(first);
    const otherWeights = weightsByName(other);
    const filters = first.layers.flatMap((layer) => layer.weights).filter((weight) => weight.shape.length >= 2);
    expect(filters.length).toBeGreaterThan(3);
    for (const {originalName} of filters) {
      expect(otherWeights.get(originalName), originalName).not.toEqual(weights.get(originalName));
    }
    const values = filters.map(({originalName}) => weights.get(originalName)?.join());
    expect(new Set(values).size).toBe(filters.length);
    [first, second, other].forEach((model) => model.dispose());
  });

  test('prints a summary', () => {
    const lines: string[] = [];
    const model = createModel(name, options);
    model.summary(100, undefined, (line: string) => lines.push(line));
    const text = lines.join('\n');
    for (const layer of model.layers) {
      expect(text).toContain(layer.name.slice(0, 20));
    }
    expect(text).toContain(`Total params: ${model.countParams()}`);
    model.dispose();
  });
});

test('an adder network and its twin start with the same ordinary layers', () => {
  const options = {numClasses: 10, inputShape: [16, 16, 3] as const, seed: 3};
  const adder = weightsByName(createModel('resnet20', {...options, operator: 'adder'}));
  const conv = weightsByName(createModel('resnet20', {...options, operator: 'conv'}));
  expect([...adder.keys()].length).toBe([...conv.keys()].length);
  const same = [...adder].filter(([name, values]) => values.length > 64 && conv.get(name)?.join() === values.join());
  expect(same.map(([name]) => name.split('/')[0])).toEqual(['stem.conv', 'head.conv']);
});

test('two models of one architecture train side by side and keep their own optimizer state', async () => {
  const options = {operator: 'adder', numClasses: 3, inputShape: [8, 8, 1] as const, seed: 5};
  const x = images(4, options.inputShape);
  const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3);
  const compile = (model: tfl.LayersModel) =>
    model.compile({
      optimizer: new SGD({learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, localLearningRate: {eta: 0.2}}),
      loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits),
    });
  const together = [createModel('tiny', options), createModel('tiny', options)];
  together.forEach(compile);
  for (let step = 0; step < 3; step++) {
    for (const model of together) {
      await model.trainOnBatch(x, y);
    }
  }
  const [first, second] = together.map(weightsByName);
  expect(second).toEqual(first);
  expect(first).not.toEqual(weightsByName(createModel('tiny', options)));
});
