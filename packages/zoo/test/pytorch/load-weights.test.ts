// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {conv2d, decodeSafetensors, dense, encodeSafetensors, fromFloat32, toFloat32} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {createModel} from '@addernet/zoo';
import {
  layerNames,
  loadPytorchWeights,
  loadSafetensors,
  PytorchFileError,
  pytorchNames,
  PytorchWeightsMismatchError,
  residualNames,
  saveSafetensors,
} from '@addernet/zoo/pytorch';
import {startCpu, weightDigests} from '../support.js';
import {dict, integer} from './pickle-writer.js';
import {stateDictFile} from './torch-file-writer.js';

beforeAll(startCpu);

type Arrays = Record<string, {shape: readonly number[]; values: Float32Array}>;

/** What a model's state dict is in PyTorch. */
async function stateDictOf(model: tfl.LayersModel, prefix = ''): Promise<Arrays> {
  const {tensors} = decodeSafetensors(await saveSafetensors(model, {prefix}));
  return Object.fromEntries(tensors.map((found) => [found.name, {shape: found.shape, values: toFloat32(found)}]));
}

const shapes: Record<string, [number, number, number]> = {'lenet5-bn': [28, 28, 1]};
const build = (name: string, operator: string, seed: number): tfl.LayersModel =>
  createModel(name, {operator, numClasses: 3, inputShape: shapes[name] ?? [32, 32, 3], seed});

/** [outChannels, inChannels, height, width] of values that say where they stand. */
const places = ([out = 0, inChannels = 0, height = 0, width = 0]: readonly number[]): Float32Array =>
  Float32Array.from({length: out * inChannels * height * width}, (_, index) => Math.sin(index + 1));

function chain(inputShape: number[], layers: tfl.layers.Layer[]): tfl.LayersModel {
  return tfl.sequential({layers: [tfl.layers.inputLayer({inputShape}), ...layers]});
}

describe('layouts are those of PyTorch', () => {
  it('a convolution gives what the sum over its weights in PyTorch’s order gives', () => {
    const model = chain([3, 4, 2], [conv2d({name: 'c', filters: 3, kernelSize: [2, 3], useBias: true})]);
    const [weight, bias] = [places([3, 2, 2, 3]), [10, 20, 30]];
    const file = stateDictFile('zip', {
      'c.weight': {shape: [3, 2, 2, 3], values: weight},
      'c.bias': {shape: [3], values: bias},
    });
    loadPytorchWeights(model, file);
    const x = places([1, 3, 4, 2]);
    const y = (model.predict(tf.tensor4d(x, [1, 3, 4, 2])) as tf.Tensor).dataSync();
    const expected: number[] = [];
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 2; column++)
        for (let out = 0; out < 3; out++) {
          let sum = bias[out] ?? NaN;
          for (let channel = 0; channel < 2; channel++)
            for (let i = 0; i < 2; i++)
              for (let j = 0; j < 3; j++)
                sum +=
                  (weight[((out * 2 + channel) * 2 + i) * 3 + j] ?? NaN) *
                  (x[((row + i) * 4 + column + j) * 2 + channel] ?? NaN);
          expected.push(sum);
        }
    y.forEach((value, index) => expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(1e-4));
  });

  it('a fully connected layer sees a flattened map in PyTorch’s order, and features as they are', () => {
    const [height, width, channels, units] = [2, 3, 4, 2];
    const model = chain(
      [height, width, channels],
      [
        tfl.layers.flatten({name: 'f'}),
        dense({name: 'first', units}),
        dense({name: 'second', units: 3, useBias: false}),
      ],
    );
    const first = places([units, channels, height, width]);
    const second = places([3, units, 1, 1]);
    const file = stateDictFile('legacy', {
      'first.weight': {shape: [units, channels * height * width], values: first},
      'first.bias': {shape: [units], values: [0.5, -0.5]},
      'second.weight': {shape: [3, units], values: second},
    });
    loadPytorchWeights(model, file);
    const x = places([1, height, width, channels]);
    const y = (model.predict(tf.tensor4d(x, [1, height, width, channels])) as tf.Tensor).dataSync();
    const hidden = [0.5, -0.5].map((bias, unit) => {
      let sum = bias;
      for (let channel = 0; channel < channels; channel++)
        for (let i = 0; i < height; i++)
          for (let j = 0; j < width; j++)
            sum +=
              (first[((unit * channels + channel) * height + i) * width + j] ?? NaN) *
              (x[(i * width + j) * channels + channel] ?? NaN);
      return sum;
    });
    const expected = [0, 1, 2].map((out) =>
      hidden.reduce((sum, value, unit) => sum + value * (second[out * units + unit] ?? NaN), 0),
    );
    y.forEach((value, index) => expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(1e-4));
  });
});

describe.each(['resnet20', 'resnet20-option-a', 'lenet5-bn', 'tiny'])('%s', (name) => {
  it.each(['conv', 'adder'])('with %s: its weights go through safetensors bit for bit', async (operator) => {
    const model = build(name, operator, 1);
    const bytes = await saveSafetensors(model, {metadata: {architecture: name}});
    const digests = weightDigests(model);
    const other = build(name, operator, 2);
    expect(weightDigests(other)).not.toEqual(digests);
    expect(loadSafetensors(other, bytes)).toEqual({
      format: 'safetensors',
      prefix: '',
      ignored: [],
      extra: {format: 'pt', architecture: name},
    });
    expect(weightDigests(other)).toEqual(digests);
    const names = decodeSafetensors(bytes).tensors.map((found) => found.name);
    expect(new Set(names).size).toBe(model.weights.length);
    expect(names.some((found) => found.endsWith('.adder'))).toBe(operator === 'adder');
    model.dispose();
    other.dispose();
  });
});

it('layers of residual networks have the names of the reference code, those of others their own', () => {
  const kernel = {layerClass: 'AdderConv2D', weight: 'kernel'};
  const norm = {layerClass: 'AddernetBatchNormalization', weight: 'moving_variance'};
  expect(residualNames({layer: 'stage4.block10.conv3', ...kernel})).toBe('layer4.10.conv3.adder');
  expect(residualNames({layer: 'stage2.block0.shortcut.conv', ...kernel})).toBe('layer2.0.downsample.0.adder');
  expect(residualNames({layer: 'stage2.block0.shortcut.bn', ...norm})).toBe('layer2.0.downsample.1.running_var');
  expect(residualNames({layer: 'head.bn', ...norm, weight: 'beta'})).toBe('bn2.bias');
  expect(residualNames({layer: 'head.dense', layerClass: 'AddernetDense', weight: 'bias'})).toBe('linear.bias');
  expect(layerNames({layer: 'head.dense', layerClass: 'AddernetDense', weight: 'kernel'})).toBe('head.dense.weight');
  expect(pytorchNames(build('resnet20', 'conv', 1))).toBe(residualNames);
  expect(pytorchNames(build('tiny', 'conv', 1))).toBe(layerNames);
});

describe('a checkpoint', () => {
  it.each(['zip', 'legacy'] as const)(
    'as scripts save it (%s): in a dict, from DataParallel and torch.compile, with step counts',
    async (format) => {
      const model = build('resnet20', 'adder', 1);
      const state = await stateDictOf(model, 'module._orig_mod.');
      const counted = {...state, 'module._orig_mod.bn1.num_batches_tracked': {shape: [], values: [78200]}};
      const file = stateDictFile(format, counted, (stateDict) => dict({epoch: integer(399), state_dict: stateDict}));
      const other = build('resnet20', 'adder', 2);
      expect(loadPytorchWeights(other, file)).toEqual({
        format,
        prefix: 'module._orig_mod.',
        ignored: ['bn1.num_batches_tracked'],
        extra: {epoch: 399},
      });
      expect(weightDigests(other)).toEqual(weightDigests(model));
    },
  );

  it('that does not fit is told with every name, and leaves the model as it was', async () => {
    const model = build('resnet20', 'adder', 1);
    const before = weightDigests(model);
    const {'conv1.weight': _conv1, 'layer1.0.bn1.running_mean': _mean, ...state} = await stateDictOf(model);
    const file = stateDictFile('zip', {
      ...state,
      'fc.weight': {shape: [5, 64, 1, 1], values: new Float32Array(320)},
      'layer4.0.conv1.adder': {shape: [1], values: [1]},
    });
    const load = (): unknown => loadPytorchWeights(model, file);
    expect(load).toThrow(PytorchWeightsMismatchError);
    expect(load).toThrow(
      expect.objectContaining({
        code: 'ADDERNET_PYTORCH_WEIGHTS_MISMATCH',
        model: 'resnet20-adder',
        missing: ['conv1.weight', 'layer1.0.bn1.running_mean'],
        unexpected: ['layer4.0.conv1.adder'],
        misshapen: ['fc.weight: the file has [5, 64, 1, 1]; the model expects [3, 64, 1, 1]'],
        hint: undefined,
      }),
    );
    expect(load).toThrow(
      /2 missing: conv1\.weight; .*\n.*1 unexpected: layer4\.0\.conv1\.adder\n.*1 of another shape: fc\.weight/,
    );
    expect(weightDigests(model)).toEqual(before);
  });

  it('of the other operator is told as such', async () => {
    const [conv, adder] = [build('resnet20', 'conv', 1), build('resnet20', 'adder', 1)];
    const [convFile, adderFile] = [await saveSafetensors(conv), await saveSafetensors(adder)];
    expect(() => loadSafetensors(adder, convFile)).toThrow("the model's operator is the adder; the file's is not");
    expect(() => loadSafetensors(conv, adderFile)).toThrow("the file's operator is the adder; the model's is not");
  });

  it('with weights that are no numbers is refused, and leaves the model as it was', async () => {
    const model = build('tiny', 'conv', 1);
    const before = weightDigests(model);
    const state = await stateDictOf(model);
    const mean = new Float32Array(64).fill(NaN, 3, 5);
    const file = stateDictFile('legacy', {...state, 'bn1.running_mean': {shape: [64], values: mean}});
    expect(() => loadPytorchWeights(model, file)).toThrow(PytorchFileError);
    expect(() => loadPytorchWeights(model, file)).toThrow(
      'bn1.running_mean has 2 values that are NaN or infinite, of 64',
    );
    expect(weightDigests(model)).toEqual(before);
  });

  it('of half precision becomes float32', async () => {
    const model = chain([2], [dense({name: 'd', units: 1, useBias: false})]);
    const bytes = new Uint8Array(Uint16Array.of(0x3800, 0xc100).buffer);
    loadSafetensors(model, encodeSafetensors([{name: 'd.weight', dtype: 'float16', shape: [1, 2], bytes}]));
    expect([...(model.weights[0]?.read().dataSync() ?? [])]).toEqual([0.5, -2.5]);
  });

  it('with names of one’s own is read and written by a function', async () => {
    const model = chain([2], [dense({name: 'd', units: 1, useBias: false})]);
    const nameOf = ({layer, weight}: {layer: string; weight: string}): string => `net.${layer}:${weight}`;
    const file = stateDictFile('zip', {'net.d:kernel': {shape: [1, 2], values: [3, 4]}});
    loadPytorchWeights(model, file, {nameOf});
    expect(Object.keys(await stateDictOf(model))).toEqual(['d.weight']);
    const [saved] = decodeSafetensors(await saveSafetensors(model, {nameOf})).tensors;
    expect(saved).toEqual(fromFloat32('net.d:kernel', [1, 2], Float32Array.of(3, 4)));
    const same = build('tiny', 'conv', 1);
    await expect(saveSafetensors(same, {nameOf: () => 'weight'})).rejects.toThrow(ArgumentError);
    await expect(saveSafetensors(same, {nameOf: () => 'weight'})).rejects.toThrow('two weights are named weight');
  });

  it('leaves no tensor behind', async () => {
    const model = build('tiny', 'conv', 1);
    const file = stateDictFile('zip', await stateDictOf(model));
    const before = tf.memory().numTensors;
    loadPytorchWeights(model, file);
    expect(tf.memory().numTensors).toBe(before);
  });
});
