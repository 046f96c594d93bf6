// SPDX-License-Identifier: Apache-2.0
import {type Operator, type Recipe, tokens, type TrainingSettings} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import {AdderConv2D, adderOperator, Conv2D, convOperator, createAdderOperator, recipes} from '../src/index.js';
import {expectClose} from './helpers.js';
import plugin, {operators} from '../src/plugin.js';

it('binds conv and adder', async () => {
  const container = new Container();
  await container.load(plugin);
  expect(plugin).toBe(operators);
  const bound = container.getAll<Operator>(tokens.operator);
  expect(bound.map(({name}) => name)).toEqual(expect.arrayContaining(['adder', 'conv']));
  const names = container.getAll<Recipe>(tokens.recipe).map(({name}) => name);
  expect(names).toEqual(['addernet-cifar', 'addernet-mnist', 'addernet-imagenet']);
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

it('an adder with other gradients passes them to its layers', () => {
  const operator = createAdderOperator({name: 'mine', filterGradient: 'sign', inputGradient: 'full-precision'});
  const gradients = {filterGradient: 'sign', inputGradient: 'full-precision'};
  expect(operator.name).toBe('mine');
  expect(operator.conv2d({name: 'a', filters: 1, kernelSize: 1, seed: 0}).getConfig()).toMatchObject(gradients);
  expect(operator.dense({name: 'b', units: 1, seed: 0}).getConfig()).toMatchObject(gradients);
  expect(adderOperator.dense({name: 'c', units: 1, seed: 0}).getConfig()).toMatchObject({
    filterGradient: 'full-precision',
    inputGradient: 'hard-tanh',
  });
});

it.each(recipes)('$name says every setting, its source and its notes', ({settings, source, notes, description}) => {
  const complete: TrainingSettings = {
    epochs: 1,
    batchSize: 1,
    optimizer: {
      learningRate: 0,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      localLearningRate: 0,
      increasedLearningRate: 0,
    },
    schedule: {
      kind: 'constant',
      interval: 'epoch',
      length: 'epochs',
      firstEpoch: 0,
      final: 0,
      milestones: [],
      gamma: 1,
      warmUpEpochs: 0,
    },
    augmentation: false,
  };
  expect(Object.keys(settings).sort()).toEqual(Object.keys(complete).sort());
  expect(Object.keys(settings.optimizer ?? {}).sort()).toEqual(Object.keys(complete.optimizer).sort());
  expect(Object.keys(settings.schedule ?? {}).sort()).toEqual(Object.keys(complete.schedule).sort());
  expect(source).toContain('1912.13200');
  expect(description).toContain(`${settings.epochs} epochs`);
  expect(notes.length).toBeGreaterThan(1);
});
