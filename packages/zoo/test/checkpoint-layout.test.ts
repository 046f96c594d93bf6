// SPDX-License-Identifier: Apache-2.0
import {beforeAll, expect, test} from 'vitest';
import {decodeSafetensors} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import {saveSafetensors} from '@addernet/zoo/pytorch';
import tensors from './fixtures/addernet-resnet20-cifar10-tensors.json' with {type: 'json'};
import {startCpu} from './support.js';

beforeAll(startCpu);

test('resnet20 has exactly the tensors of the checkpoint that the AdderNet authors published', async () => {
  const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
  const ours = decodeSafetensors(await saveSafetensors(model, {prefix: 'module.'})).tensors;
  expect(ours).toHaveLength(110);
  expect(Object.fromEntries(ours.map(({name, shape}) => [name, shape]))).toEqual(tensors);
  expect(model.countParams()).toBe(274_072);
});

test('stages shrink the map by symmetric padding, as PyTorch pads', () => {
  const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
  const first = model.getLayer('stage2.block0.conv1');
  expect(first.outputShape).toEqual([null, 16, 16, 32]);
  expect(first.getConfig()).toMatchObject({padding: 1, strides: [2, 2]});
});
