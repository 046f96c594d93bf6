// SPDX-License-Identifier: Apache-2.0
import {recipes} from '@addernet/nn';
import {resolveConfig, resolveTrainings} from '@addernet/runner';
import {describe, expect, it} from 'vitest';
import cifar10 from '../src/cifar10/experiment.js';
import cifar100 from '../src/cifar100/experiment.js';
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
