// SPDX-License-Identifier: Apache-2.0
import {recipes} from '@addernet/nn';
import {resolveConfig, resolveTrainings} from '@addernet/runner';
import {describe, expect, it} from 'vitest';
import cifar10 from '../src/cifar10/experiment.js';
import cifar100 from '../src/cifar100/experiment.js';
import gradients from '../src/gradients/experiment.js';
import {gradientVariants} from '../src/gradients/plugin.js';
import mnist from '../src/mnist/experiment.js';

describe.each([cifar100, cifar10, mnist])('experiment $name', (experiment) => {
  it('compares adder with convolution in every variant, on a fast and on a slow backend', () => {
    for (const variant of [undefined, 'paper', 'smoke']) {
      for (const slowBackend of [false, true]) {
        const options = {slowBackend, ...(variant === undefined ? {} : {variant})};
        for (const {config} of resolveTrainings(experiment, recipes, options)) {
          expect(config.operators).toEqual(['conv', 'adder']);
          expect(config.datasets).toEqual([experiment.name]);
        }
      }
    }
  });

  it("has the authors' recipe as 'paper', also on a slow backend", () => {
    const trainings = resolveTrainings(experiment, recipes, {variant: 'paper', slowBackend: true});
    const isMnist = experiment.name === 'mnist';
    expect(trainings.map(({recipe}) => recipe)).toEqual([
      {name: isMnist ? 'addernet-mnist' : 'addernet-cifar', changed: []},
    ]);
    expect(trainings[0].config).toMatchObject({
      architectures: [experiment.name === 'mnist' ? 'lenet5-bn' : 'resnet20'],
      trainSamples: 'all',
      testSamples: 'all',
      epochs: isMnist ? 50 : 399,
      batchSize: 256,
      optimizer: {learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, localLearningRate: 0.2},
      schedule: {kind: 'cosine', interval: 'epoch', final: 0, warmUpEpochs: 0, length: isMnist ? 'epochs' : 400},
      augmentation: !isMnist,
    });
  });

  it('tests the quick comparison on the whole test set where the backend is fast', () => {
    expect(resolveConfig(experiment).testSamples).toBe('all');
  });

  it('says what is smaller where only a slow backend is there', () => {
    const slow = resolveConfig(experiment, {slowBackend: true});
    expect(experiment.onSlowBackend?.note).toContain(slow.trainSamples.toLocaleString('en-US'));
    expect(experiment.onSlowBackend?.note).toContain(slow.testSamples.toLocaleString('en-US'));
    for (const name of slow.architectures.filter((name) => !resolveConfig(experiment).architectures.includes(name))) {
      expect(experiment.onSlowBackend?.note).toContain(name);
    }
  });
});

describe('experiment gradients', () => {
  it('compares every gradient with the local learning rate and without it, with its own operators', () => {
    const trainings = resolveTrainings(gradients, recipes);
    expect(trainings.map(({recipe, config}) => [recipe?.name, config.optimizer.localLearningRate])).toEqual([
      ['local-rate', 0.2],
      ['increased-rate', 0],
    ]);
    const [{config}] = trainings;
    const own = gradientVariants.map(({name}) => name);
    expect([...config.operators].sort()).toEqual(['adder', ...own].sort());
    const gradientsOf = gradientVariants.map((operator) => {
      const {filterGradient, inputGradient} = operator.dense({name: 'a', units: 1, seed: 0}).getConfig();
      return [operator.name, filterGradient, inputGradient];
    });
    expect(gradientsOf).toEqual([
      ['adder-sign-filter', 'sign', 'hard-tanh'],
      ['adder-sign-input', 'full-precision', 'sign'],
      ['adder-unclipped-input', 'full-precision', 'full-precision'],
    ]);
  });

  it('does not fail where a gradient lets the training diverge', () => {
    expect(resolveConfig(gradients).allowDivergence).toBe(true);
  });

  it.each(['paper', 'cifar10', 'smoke'])('resolves its variant %s', (variant) => {
    for (const slowBackend of [false, true]) {
      for (const {recipe} of resolveTrainings(gradients, recipes, {variant, slowBackend})) {
        expect(recipe?.changed).toEqual([]);
      }
    }
  });
});
