// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {
  ConfigError,
  UnknownNameError,
  checkExperiment,
  defineExperiment,
  experimentConfigSchema,
  isExperimentDefinition,
  resolveConfig,
  slowBackendEffect,
} from '../src/index.js';

const definition = defineExperiment({
  name: 'cifar100',
  description: 'Adder against convolution',
  config: {
    datasets: ['cifar100'],
    architectures: ['resnet20'],
    epochs: 10,
    trainSamples: 5000,
    optimizer: {learningRate: 0.05},
  },
  onSlowBackend: {
    config: {architectures: ['tiny'], trainSamples: 2000, optimizer: {momentum: 0.5}},
    note: 'tiny stands in for resnet20: only a slow backend is here',
  },
  variants: {
    smoke: {architectures: ['lenet5-bn'], epochs: 1},
    paper: {
      architectures: ['resnet20'],
      epochs: 400,
      trainSamples: 'all',
      optimizer: {learningRate: 0.1, momentum: 0.9},
    },
  },
});

describe('resolveConfig', () => {
  it('lays defaults < config < onSlowBackend < variant < overrides', () => {
    const plain = resolveConfig(definition);
    expect(plain).toMatchObject({architectures: ['resnet20'], epochs: 10, trainSamples: 5000, batchSize: 256});
    expect(plain.optimizer).toEqual({
      learningRate: 0.05,
      momentum: 0.9,
      weightDecay: 5e-4,
      nesterov: false,
      localLearningRate: 0.2,
      increasedLearningRate: 1,
    });

    const slow = resolveConfig(definition, {slowBackend: true});
    expect(slow).toMatchObject({architectures: ['tiny'], epochs: 10, trainSamples: 2000});
    expect(slow.optimizer).toEqual({
      learningRate: 0.05,
      momentum: 0.5,
      weightDecay: 5e-4,
      nesterov: false,
      localLearningRate: 0.2,
      increasedLearningRate: 1,
    });

    const smoke = resolveConfig(definition, {slowBackend: true, variant: 'smoke'});
    expect(smoke).toMatchObject({architectures: ['lenet5-bn'], epochs: 1, trainSamples: 2000});

    const asked = resolveConfig(definition, {
      slowBackend: true,
      variant: 'smoke',
      overrides: {architectures: 'resnet32', 'optimizer.momentum': '0.8'},
    });
    expect(asked).toMatchObject({architectures: ['resnet32'], epochs: 1, trainSamples: 2000});
    expect(asked.optimizer.momentum).toBe(0.8);
  });

  it('says what the slow backend changed', () => {
    expect(slowBackendEffect(definition)).toEqual({
      effective: ['architectures', 'trainSamples', 'optimizer.momentum'],
      overridden: [],
    });
    expect(slowBackendEffect(definition, {variant: 'paper'})).toEqual({
      effective: [],
      overridden: ['architectures', 'trainSamples', 'optimizer.momentum'],
    });
    expect(slowBackendEffect(definition, {overrides: {architectures: 'resnet20'}})).toEqual({
      effective: ['trainSamples', 'optimizer.momentum'],
      overridden: ['architectures'],
    });
    const {onSlowBackend: _removed, ...without} = definition;
    expect(slowBackendEffect(without)).toEqual({effective: [], overridden: []});
  });

  it('round-trips through JSON', () => {
    const config = resolveConfig(definition, {variant: 'paper', overrides: {seeds: '3'}});
    const read: unknown = JSON.parse(JSON.stringify(config));
    expect(experimentConfigSchema.parse(read)).toEqual(config);
    const again = checkExperiment({name: 'again', description: 'from config.json', config: read});
    expect(resolveConfig(again)).toEqual(config);
  });

  it('names path, layer and file', () => {
    const wrong = {...definition, variants: {paper: {...definition.variants?.paper, optimizer: {momentum: 'fast'}}}};
    const message = (action: () => unknown): string => {
      try {
        action();
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
        throw error;
      }
      return 'nothing thrown';
    };
    expect(message(() => checkExperiment(wrong, 'a/experiment.ts'))).toBe(
      "a/experiment.ts: optimizer.momentum (variant 'paper'): given 'fast', expected a number in [0, 1)",
    );
    expect(message(() => resolveConfig(definition, {file: 'a/experiment.ts', overrides: {epochs: 'x'}}))).toBe(
      "a/experiment.ts: epochs (--epochs): given 'x', expected an integer ≥ 1",
    );
    const incomplete = defineExperiment({name: 'x', description: 'x', config: {datasets: ['a'], epochs: 1}});
    expect(message(() => resolveConfig(incomplete))).toContain('architectures: given nothing, expected a list');
    const cross = resolveConfigMessage({'schedule.kind': 'step'});
    expect(cross).toContain("schedule.milestones (default): given [], expected one milestone or more for 'step'");
    expect(resolveConfigMessage({'schedule.warm-up-epochs': '10'})).toContain(
      'given 10, expected less than epochs (10)',
    );

    function resolveConfigMessage(overrides: Record<string, string>): string {
      return message(() => resolveConfig(definition, {overrides}));
    }
  });

  it('lists the variants for an unknown one', () => {
    expect(() => resolveConfig(definition, {variant: 'papper'})).toThrow(UnknownNameError);
    expect(() => resolveConfig(definition, {variant: 'papper'})).toThrow(
      'unknown variant "papper"; did you mean "paper"?; valid: smoke, paper',
    );
    expect(() => resolveConfig(definition, {variant: 'toString'})).toThrow(UnknownNameError);
  });
});

describe('definitions', () => {
  const issues = (value: unknown): string => {
    expect(isExperimentDefinition(value)).toBe(false);
    try {
      checkExperiment(value);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return 'nothing thrown';
  };

  it('finds what is wrong with one', () => {
    expect(issues(undefined)).toContain('export default defineExperiment');
    expect(issues(42)).toContain('given 42');
    expect(issues({})).toContain('name: given nothing');
    expect(issues({name: '../x', description: 'x', config: {}})).toContain("name: given '../x'");
    expect(issues({name: 'x', description: 'x', config: {}, variant: {}})).toContain('variant: given an unknown field');
    expect(issues({name: 'x', description: 'x', config: {epoch: 3}})).toContain(
      'epoch (config): given an unknown field, expected epochs?',
    );
    expect(issues({name: 'x', description: 'x', config: {optimizer: {learningrate: 3}}})).toContain(
      'optimizer.learningrate (config): given an unknown field, expected optimizer.learningRate?',
    );
    expect(issues({name: 'x', description: 'x', config: {optimizer: 'sgd'}})).toContain(
      "optimizer (config): given 'sgd', expected an object with optimizer.learningRate, optimizer.momentum",
    );
    expect(issues({name: 'x', description: 'x', config: {}, onSlowBackend: {config: {}}})).toContain(
      'onSlowBackend.note',
    );
    expect(
      issues({name: 'x', description: 'x', config: {}, onSlowBackend: {config: {backend: 'cpu'}, note: 'n'}}),
    ).toContain('backend (onSlowBackend.config): given a value, expected none');
    expect(issues({name: 'x', description: 'x', config: {seeds: [1, 1]}})).toContain('seeds (config): given [1, 1]');
  });

  it('accepts a minimal one and a frozen one', () => {
    const minimal = {name: 'x', description: 'x', config: {}};
    expect(defineExperiment(minimal)).toBe(minimal);
    expect(isExperimentDefinition(Object.freeze({...minimal, config: Object.freeze({})}))).toBe(true);
  });
});
