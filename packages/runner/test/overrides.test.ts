// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  ConfigError,
  DEFAULT_CONFIG,
  configFields,
  parseOverrideArguments,
  parseOverrides,
  resolveConfig,
  type PartialConfig,
} from '../src/index.js';

const thrown = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

function configError(action: () => unknown): ConfigError {
  const error = thrown(action);
  expect(error).toBeInstanceOf(ConfigError);
  if (!(error instanceof ConfigError)) throw new Error('unreachable');
  return error;
}

const kebab = (path: string): string => path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('parseOverrides', () => {
  it('reads each type', () => {
    expect(
      parseOverrides({
        epochs: '2',
        architectures: 'resnet20',
        operators: 'adder, conv',
        'optimizer.learning-rate': '0.1',
        'optimizer.weightDecay': '5e-4',
        'train-samples': 'all',
        testSamples: '100',
        augmentation: 'false',
        'measure-machine': 'false',
        data: 'synthetic',
        'schedule.milestones': '100,150',
        plugins: '',
      }),
    ).toEqual({
      epochs: 2,
      architectures: ['resnet20'],
      operators: ['adder', 'conv'],
      optimizer: {learningRate: 0.1, weightDecay: 5e-4},
      trainSamples: 'all',
      testSamples: 100,
      augmentation: false,
      measureMachine: false,
      data: 'synthetic',
      schedule: {milestones: [100, 150]},
      plugins: [],
    });
  });

  it('reads seeds as a count, a list, or one seed', () => {
    expect(parseOverrides({seeds: '3'}).seeds).toEqual([0, 1, 2]);
    expect(parseOverrides({seeds: '7,8'}).seeds).toEqual([7, 8]);
    expect(parseOverrides({seeds: '7,'}).seeds).toEqual([7]);
    expect(parseOverrides({seed: '7'}).seeds).toEqual([7]);
    expect(configError(() => parseOverrides({seed: '7', seeds: '3'})).message).toContain('both --seed and --seeds');
    expect(configError(() => parseOverrides({seeds: '0'})).message).toContain('--seed=0');
    expect(configError(() => parseOverrides({seeds: '20251123'})).message).toContain('--seed=20251123');
    expect(configError(() => parseOverrides({seed: 'x'})).path).toMatch(/^seeds/);
    expect(configError(() => parseOverrides({seed: '-1'})).path).toMatch(/^seeds/);
  });

  it('names path, given and expected', () => {
    const error = configError(() => parseOverrides({'optimizer.momentum': 'fast'}));
    expect(error.path).toBe('optimizer.momentum');
    expect(error.message).toBe("optimizer.momentum (--optimizer.momentum): given 'fast', expected a number in [0, 1)");
    expect(configError(() => parseOverrides({'optimizer.momentum': '1'})).message).toContain('given 1');
    expect(configError(() => parseOverrides({epochs: '1.5'})).message).toContain('expected an integer ≥ 1');
    expect(configError(() => parseOverrides({epochs: ''})).message).toContain("given ''");
    expect(configError(() => parseOverrides({data: 'offical'})).message).toContain("'official'");
    expect(configError(() => parseOverrides({augmentation: 'yes'})).message).toContain('expected true or false');
    expect(configError(() => parseOverrides({operators: 'adder,adder'})).message).toContain('different operator names');
    expect(configError(() => parseOverrides({operators: ','})).message).toContain('given []');
    for (const text of ['Infinity', 'NaN', '0x10', '1e999', '--', '1,5']) {
      expect(configError(() => parseOverrides({'optimizer.learningRate': text})).path).toBe('optimizer.learningRate');
    }
  });

  it('reports every mistake at once', () => {
    const error = configError(() => parseOverrides({epochs: 'x', batchSize: '0', nonsense: '1'}));
    expect(error.issues.map((issue) => issue.path).sort()).toEqual(['batchSize', 'epochs', 'nonsense']);
  });

  it('suggests the nearest field for an unknown one', () => {
    const message = (key: string): string => configError(() => parseOverrides({[key]: '1'})).message;
    expect(message('epoch')).toContain('--epochs?');
    expect(message('learning-rate')).toContain('--optimizer.learning-rate?');
    expect(message('optimizer.momentun')).toContain('--optimizer.momentum?');
    expect(message('architecture')).toContain('--architectures?');
    expect(message('zzzzzzzzzz')).toContain('one of --datasets');
    expect(message('optimizer')).toContain('--optimizer.learning-rate, --optimizer.momentum');
    expect(message('__proto__')).toContain('unknown field');
    expect(message('constructor')).toContain('unknown field');
  });

  // Every field with a valid value and its text; the list is checked against the schema below.
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const names = fc.uniqueArray(name, {minLength: 1, maxLength: 4});
  const list = (values: readonly unknown[]): string => values.join(',');
  const positive = fc.double({min: 1e-12, max: 1e6, noNaN: true});
  const samples = fc.oneof(fc.constant('all' as const), fc.integer({min: 1, max: 60_000}));
  const arbitraries: Readonly<Record<string, fc.Arbitrary<{value: unknown; text: string}>>> = {
    datasets: names.map((value) => ({value, text: list(value)})),
    architectures: names.map((value) => ({value, text: list(value)})),
    operators: names.map((value) => ({value, text: list(value)})),
    recipes: names.map((value) => ({value, text: list(value)})),
    seeds: fc
      .uniqueArray(fc.integer({min: 0, max: 0x7fffffff}), {minLength: 1, maxLength: 4})
      .map((value) => ({value, text: `${list(value)},`})),
    backend: name.map((value) => ({value, text: value})),
    threads: fc
      .oneof(fc.constant('auto'), fc.integer({min: 1, max: 64}))
      .map((value) => ({value, text: String(value)})),
    data: fc.constantFrom('auto', 'official', 'synthetic').map((value) => ({value, text: value})),
    allowPartial: fc.boolean().map((value) => ({value, text: String(value)})),
    labels: fc.constantFrom('fine', 'coarse').map((value) => ({value, text: value})),
    imageSize: fc.integer({min: 1, max: 512}).map((value) => ({value, text: String(value)})),
    trainSamples: samples.map((value) => ({value, text: String(value)})),
    testSamples: samples.map((value) => ({value, text: String(value)})),
    epochs: fc.integer({min: 1, max: 1000}).map((value) => ({value, text: String(value)})),
    allowDivergence: fc.boolean().map((value) => ({value, text: String(value)})),
    batchSize: fc.integer({min: 1, max: 4096}).map((value) => ({value, text: String(value)})),
    evaluationBatchSize: fc.integer({min: 1, max: 4096}).map((value) => ({value, text: String(value)})),
    'optimizer.learningRate': positive.map((value) => ({value, text: String(value)})),
    'optimizer.momentum': fc
      .double({min: 1e-3, max: 0.999, noNaN: true})
      .map((value) => ({value, text: String(value)})),
    'optimizer.nesterov': fc.boolean().map((value) => ({value, text: String(value)})),
    'optimizer.weightDecay': positive.map((value) => ({value, text: String(value)})),
    'optimizer.localLearningRate': positive.map((value) => ({value, text: String(value)})),
    'optimizer.increasedLearningRate': positive.map((value) => ({value, text: String(value)})),
    'schedule.kind': fc.constantFrom('cosine', 'constant').map((value) => ({value, text: value})),
    'schedule.interval': fc.constantFrom('epoch', 'step').map((value) => ({value, text: value})),
    'schedule.length': fc
      .oneof(fc.constant('epochs' as const), positive)
      .map((value) => ({value, text: String(value)})),
    'schedule.firstEpoch': fc.integer({min: 0, max: 9}).map((value) => ({value, text: String(value)})),
    'schedule.final': positive.map((value) => ({value, text: String(value)})),
    'schedule.milestones': fc
      .uniqueArray(fc.integer({min: 0, max: 400}), {maxLength: 4})
      .map((values) => values.sort((a, b) => a - b))
      .map((value) => ({value, text: list(value)})),
    'schedule.gamma': fc.double({min: 1e-6, max: 1, noNaN: true}).map((value) => ({value, text: String(value)})),
    'schedule.warmUpEpochs': fc.constantFrom(0).map((value) => ({value, text: String(value)})),
    augmentation: fc.boolean().map((value) => ({value, text: String(value)})),
    'evaluation.confusionMatrix': fc.boolean().map((value) => ({value, text: String(value)})),
    'evaluation.topLosses': fc.integer({min: 0, max: 100}).map((value) => ({value, text: String(value)})),
    featureImages: fc.constantFrom(0, 2, 500).map((value) => ({value, text: String(value)})),
    'checkpoints.minutes': positive.map((value) => ({value, text: String(value)})),
    'checkpoints.steps': fc.integer({min: 0, max: 1000}).map((value) => ({value, text: String(value)})),
    'checkpoints.keep': fc.integer({min: 1, max: 20}).map((value) => ({value, text: String(value)})),
    'checkpoints.best': fc.boolean().map((value) => ({value, text: String(value)})),
    trackers: fc.uniqueArray(name, {maxLength: 3}).map((value) => ({value, text: list(value)})),
    'tracking.steps': fc.integer({min: 1, max: 1000}).map((value) => ({value, text: String(value)})),
    'tracking.epochs': fc.integer({min: 1, max: 100}).map((value) => ({value, text: String(value)})),
    measureMachine: fc.boolean().map((value) => ({value, text: String(value)})),
    measureInference: fc.boolean().map((value) => ({value, text: String(value)})),
    launcher: fc.constantFrom('auto', 'local', 'slurm').map((value) => ({value, text: value})),
    concurrency: fc.integer({min: 1, max: 64}).map((value) => ({value, text: String(value)})),
    output: name.map((value) => ({value, text: value})),
    plugins: fc.array(name, {maxLength: 3}).map((value) => ({value, text: list(value)})),
  };
  const at = (value: unknown, path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>(
        (inner, key) => (inner === null || typeof inner !== 'object' ? undefined : Reflect.get(inner, key)),
        value,
      );

  it('covers every field of the schema', () => {
    expect(Object.keys(arbitraries)).toEqual(configFields().map((field) => field.path));
    for (const field of configFields()) {
      expect(field.expected, field.path).not.toBe('another value');
      expect(field.help.length, field.path).toBeGreaterThan(5);
      expect(field.flag).toBe(`--${kebab(field.path)}`);
    }
  });

  it('round-trips any subset of fields, in either spelling, and wins over config and variant', () => {
    const definition = {
      name: 'property',
      description: 'overrides',
      config: {
        datasets: ['d'],
        architectures: ['a'],
        epochs: 3,
        optimizer: {learningRate: 0.5},
      } satisfies PartialConfig,
      variants: {
        other: {epochs: 4, batchSize: 3, optimizer: {momentum: 0.5}, schedule: {gamma: 0.5}} satisfies PartialConfig,
      },
    };
    fc.assert(
      fc.property(
        fc.record(arbitraries, {requiredKeys: []}),
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom(undefined, 'other'),
        (chosen, spelling, variant) => {
          const entries = Object.entries(chosen).flatMap(([path, given]) =>
            given === undefined ? [] : [{path, ...given}],
          );
          const overrides = Object.fromEntries(
            entries.map(({path, text}) => [spelling.next().value === true ? kebab(path) : path, text]),
          );
          const viaArguments = parseOverrideArguments(
            Object.entries(overrides).map(([key, text]) => `--${key}=${text}`),
          );
          expect(viaArguments).toEqual(overrides);
          const config = resolveConfig(definition, {overrides, ...(variant === undefined ? {} : {variant})});
          for (const {path, value} of entries) expect(at(config, path), path).toEqual(value);
          // What was not overridden is the variant's, else the config's, else the default.
          for (const field of configFields()) {
            if (entries.some(({path}) => path === field.path)) continue;
            const layers = [variant === undefined ? {} : definition.variants.other, definition.config, DEFAULT_CONFIG];
            const expected = layers.map((layer) => at(layer, field.path)).find((value) => value !== undefined);
            expect(at(config, field.path), field.path).toEqual(expected);
          }
        },
      ),
      {numRuns: 150},
    );
  });

  it('never throws anything but ConfigError, whatever the text', () => {
    const keys = fc.oneof(
      fc.constantFrom(...configFields().map((field) => field.path), 'seed', 'optimizer'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.string(), {maxKeys: 4}), (overrides) => {
        const error = thrown(() => parseOverrides(overrides));
        if (error !== undefined) expect(error).toBeInstanceOf(ConfigError);
      }),
      {numRuns: 300},
    );
  });
});

describe('parseOverrideArguments', () => {
  it('reads the usual forms', () => {
    expect(
      parseOverrideArguments([
        '--epochs=2',
        '--operators',
        'adder,conv',
        '--allow-partial',
        '--no-augmentation',
        '--seed',
        '3',
      ]),
    ).toEqual({epochs: '2', operators: 'adder,conv', 'allow-partial': 'true', augmentation: 'false', seed: '3'});
    expect(parseOverrideArguments(['--output=a=b', '--augmentation', 'false', '--data='])).toEqual({
      output: 'a=b',
      augmentation: 'false',
      data: '',
    });
    expect(parseOverrideArguments([])).toEqual({});
  });

  it('refuses what is not an override', () => {
    expect(configError(() => parseOverrideArguments(['resnet20'])).message).toContain("given 'resnet20'");
    expect(configError(() => parseOverrideArguments(['-e', '2'])).message).toContain("given '-e'");
    expect(configError(() => parseOverrideArguments(['--epochs'])).message).toContain('--epochs=VALUE');
    expect(configError(() => parseOverrideArguments(['--epochs', '--seed=1'])).message).toContain('--epochs=VALUE');
    expect(configError(() => parseOverrideArguments(['--seed=1', '--seed=2'])).message).toContain('twice');
  });
});
