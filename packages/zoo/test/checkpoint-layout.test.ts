// SPDX-License-Identifier: Apache-2.0
import {beforeAll, expect, test} from 'vitest';
import {createModel} from '@addernet/zoo';
import tensors from './fixtures/addernet-resnet20-cifar10-tensors.json' with {type: 'json'};
import {startCpu} from './support.js';

beforeAll(startCpu);

/** Layer of ours to module of the authors' PyTorch code. */
function authorsModule(layer: string): string {
  const fixed: Record<string, string> = {'stem.conv': 'conv1', 'stem.bn': 'bn1', 'head.conv': 'fc', 'head.bn': 'bn2'};
  return (
    fixed[layer] ??
    layer
      .replace(/^stage(\d)\.block(\d)/, 'layer$1.$2')
      .replace('shortcut.conv', 'downsample.0')
      .replace('shortcut.bn', 'downsample.1')
  );
}

/** [filterHeight, filterWidth, in, out] to PyTorch's [out, in, filterHeight, filterWidth]. */
function authorsShape(shape: readonly (number | null)[]): (number | null)[] {
  const [height = null, width = null, inChannels = null, outChannels = null] = shape;
  return shape.length === 4 ? [outChannels, inChannels, height, width] : [...shape];
}

test('resnet20 has exactly the tensors of the checkpoint that the AdderNet authors published', () => {
  const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
  const batchNormTensors = ['weight', 'bias', 'running_mean', 'running_var'];
  const ours = model.layers.flatMap((layer) =>
    layer.weights.map((weight, index): [string, (number | null)[]] => {
      const operator = layer.getClassName() === 'AdderConv2D' ? 'adder' : 'weight';
      const tensor = layer.weights.length === 4 ? batchNormTensors[index] : operator;
      return [`module.${authorsModule(layer.name)}.${tensor}`, authorsShape(weight.shape)];
    }),
  );
  expect(ours).toHaveLength(110);
  expect(Object.fromEntries(ours)).toEqual(tensors);
  expect(model.countParams()).toBe(274_072);
});

test('stages shrink the map by symmetric padding, as PyTorch pads', () => {
  const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
  const first = model.getLayer('stage2.block0.conv1');
  expect(first.outputShape).toEqual([null, 16, 16, 32]);
  expect(first.getConfig()).toMatchObject({padding: 1, strides: [2, 2]});
});
