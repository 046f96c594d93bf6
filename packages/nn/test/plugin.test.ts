// SPDX-License-Identifier: Apache-2.0
import {type Operator, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import {AdderConv2D, adderOperator, Conv2D, convOperator} from '../src/index.js';
import {expectClose} from './helpers.js';
import plugin, {operators} from '../src/plugin.js';

it('binds conv and adder', async () => {
  const container = new Container();
  await container.load(plugin);
  expect(plugin).toBe(operators);
  const bound = container.getAll<Operator>(tokens.operator);
  expect(bound.map(({name}) => name).sort()).toEqual(['adder', 'conv']);
  expect(tf.serialization.SerializationMap.getMap().classNameMap['AdderConv2D']).toBeDefined();
});

it('operators hand the whole request to their layers', () => {
  const request = {
    name: 'layer',
    filters: 4,
    kernelSize: [3, 1],
    strides: 2,
    padding: 1,
    dilations: [1, 2],
    groups: 2,
    useBias: true,
    seed: 5,
  } as const;
  const expected = {...request, kernelSize: [3, 1], strides: [2, 2], dilations: [1, 2]};
  for (const [operator, type] of [
    [adderOperator, AdderConv2D],
    [convOperator, Conv2D],
  ] as const) {
    const layer = operator.conv2d(request);
    expect(layer).toBeInstanceOf(type);
    expect(layer.getConfig()).toMatchObject(expected);
    const least = operator.conv2d({name: 'least', filters: 1, kernelSize: 3, seed: 0}).getConfig();
    expect(least).toMatchObject({strides: [1, 1], padding: 'valid', dilations: [1, 1], groups: 1, useBias: false});
    const head = operator.dense({name: 'head', units: 3, useBias: false, seed: 2});
    expect(head.getConfig()).toMatchObject({name: 'head', units: 3, useBias: false, seed: 2});
    expect(operator.layerClassNames.slice(0, 2)).toEqual([layer.getClassName(), head.getClassName()]);
  }
  const energies = [convOperator, adderOperator].map(({energyPerTap: {float32, int8}}) => [float32, int8]);
  expectClose(energies.flat(), [4.6, 0.23, 1.8, 0.06]);
});
