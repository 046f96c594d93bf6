// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import path from 'node:path';
import {existsSync} from 'node:fs';
import {adderOperator, convOperator} from '@addernet/nn';
import type {Architecture, InferenceSummary, Reporter} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  BackendUnavailableError,
  ConfigError,
  defineInference,
  resolveInference,
  runInference,
  UnknownNameError,
  type RunInferenceOptions,
} from '../src/index.js';
import {callTimes, quantile, relativeTime} from '../src/inference/compare.js';
import {layerGroups} from '../src/inference/layer-groups.js';
import {buildSubjects, disposeSubjects} from '../src/inference/subjects.js';
import {containerWith, cpuBackend} from './fixtures.js';
import {readLines, readText, temporaryFolder} from './temporary-folder.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await tf.ready();
});

/** An ordinary stem, two layers of the operator that are alike, one that is not, ReLUs between. */
const stack: Architecture = {
  name: 'stack',
  description: 'for tests',
  source: 'test',
  build({operator, numClasses, inputShape, seed}) {
    const layers: tfl.layers.Layer[] = [
      convOperator.conv2d({name: 'stem', filters: 4, kernelSize: 3, padding: 1, seed}),
      tfl.layers.reLU({name: 'relu0'}),
      operator.conv2d({name: 'a', filters: 4, kernelSize: 3, padding: 1, seed}),
      tfl.layers.reLU({name: 'relu1'}),
      operator.conv2d({name: 'b', filters: 4, kernelSize: 3, padding: 1, seed}),
      operator.conv2d({name: 'c', filters: 4, kernelSize: 1, seed}),
      tfl.layers.flatten({name: 'flat'}),
      convOperator.dense({name: 'logits', units: numClasses, seed}),
    ];
    const input = tfl.input({shape: [...inputShape], name: 'in'});
    const output = layers.reduce<tfl.SymbolicTensor>((x, layer) => layer.apply(x) as tfl.SymbolicTensor, input);
    return tfl.model({inputs: input, outputs: output, name: 'stack'});
  },
};

const reporter: Reporter = {
  name: 'text',
  fileName: 'report.txt',
  render: () => Promise.reject(new Error('this experiment does not train')),
  renderInference: (summary) => Promise.resolve(`${summary.modelMeasurements.length} models`),
};

const definition = defineInference({
  name: 'speed',
  description: 'for tests',
  config: {
    architectures: ['stack'],
    backends: ['cpu'],
    batchSizes: [1, 2],
    image: {height: 6, width: 6},
    rounds: 3,
    sampleMilliseconds: 0.5,
  },
  variants: {one: {batchSizes: [1], layers: false}},
});

const bindings = {
  operators: [convOperator, adderOperator],
  architectures: [stack],
  reporters: [reporter],
};

function run(options: Partial<RunInferenceOptions> = {}) {
  return runInference({
    definition,
    container: containerWith(bindings),
    workingFolder: temporaryFolder(),
    ...options,
  });
}

describe('times', () => {
  it('are quantiles over samples, and ratios of the same rounds', () => {
    expect([0, 0.25, 0.5, 1].map((fraction) => quantile([4, 1, 3, 2], fraction))).toEqual([1, 1.75, 2.5, 4]);
    const samples = [3, 9, 4].map((seconds) => ({seconds, cpuSeconds: seconds / 2, calls: 5}));
    const baseline = [1, 12, 2].map((seconds) => ({seconds, cpuSeconds: seconds, calls: 5}));
    expect(callTimes(samples)).toEqual({
      median: 4,
      lower: 3.5,
      upper: 6.5,
      fastest: 3,
      cpuMedian: 2,
      samples: 3,
      callsPerSample: 5,
    });
    expect(relativeTime(samples, baseline)).toEqual({median: 2, lower: 1.375, upper: 2.5, cpuMedian: 1});
  });
});

describe('groups of layers', () => {
  it('have what is alike once for each operator, and what is the same in all models once', async () => {
    const config = {forms: ['plain', 'fused'] as const, image: {height: 6, width: 6, channels: 3}, classes: 4};
    const before = tf.memory().numTensors;
    const subjects = await buildSubjects(stack, bindings.operators, bindings.operators, config);
    const groups = layerGroups(subjects).map(({form, kind, candidates}) => [
      form,
      kind,
      ...candidates.map(({operator, names}) => `${operator ?? '-'}: ${names.join(' ')}`),
    ]);
    expect(groups).toEqual([
      ['plain', 'operator', 'conv: stem'],
      ['plain', 'activation', '-: relu0 relu1'],
      ['plain', 'operator', 'conv: a b', 'adder: a b'],
      ['plain', 'operator', 'conv: c', 'adder: c'],
      ['plain', 'operator', 'conv: logits'],
      ['fused', 'operator', 'conv: stem'],
      ['fused', 'operator', 'conv: a', 'adder: a'],
      ['fused', 'operator', 'conv: b', 'adder: b'],
      ['fused', 'operator', 'conv: c', 'adder: c'],
      ['fused', 'operator', 'conv: logits'],
    ]);
    disposeSubjects(subjects);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('runInference', () => {
  it('measures every model and layer, in every form and batch size, and writes what it found', async () => {
    const before = tf.memory().numTensors;
    const labels: string[] = [];
    const result = await run({
      listener: {onMeasuring: ({label, done, total}) => labels.push(`${done}/${total} ${label}`)},
    });
    const {summary, folder, status} = result;
    expect(status).toBe('finished');
    expect(tf.memory().numTensors).toBe(before);
    expect(
      summary.modelMeasurements.map(({operator, form, batch, relative, relativeToPlain}) => [
        operator,
        form,
        batch,
        relative !== undefined,
        relativeToPlain !== undefined,
      ]),
    ).toEqual(
      [1, 2].flatMap((batch) => [
        ['conv', 'plain', batch, false, false],
        ['adder', 'plain', batch, true, false],
        ['conv', 'fused', batch, false, true],
        ['adder', 'fused', batch, true, true],
      ]),
    );
    expect(summary.layerMeasurements.filter(({batch}) => batch === 2).map(({layers}) => layers[0])).toEqual([
      'stem',
      'relu0',
      'a',
      'a',
      'c',
      'c',
      'logits',
      'stem',
      'a',
      'a',
      'b',
      'b',
      'c',
      'c',
      'logits',
    ]);
    for (const {times} of [...summary.modelMeasurements, ...summary.layerMeasurements]) {
      expect(times.samples).toBe(3);
      expect(times.fastest).toBeGreaterThan(0);
      expect(times.lower).toBeLessThanOrEqual(times.median);
      expect(times.median).toBeLessThanOrEqual(times.upper);
    }
    expect(summary.models.map(({operator, costs}) => [operator, costs.layers.length])).toEqual([
      ['conv', 7],
      ['adder', 7],
    ]);
    expect(summary.machines.map(({backend}) => backend)).toEqual(['cpu']);
    expect(summary.environment).toMatchObject({backends: 'cpu', 'cpu.threads': '1'});
    expect(labels).toHaveLength(22);
    expect(labels[0]).toBe('0/22 cpu, stack, batch 1, whole model');
    expect(labels[2]).toBe('2/22 cpu, stack, batch 1, plain relu0');
    // JSON as it was returned, every sample in the lines, a row for each in the table.
    const written: InferenceSummary = JSON.parse(readText(folder, 'summary.json'));
    expect(written.modelMeasurements).toEqual(summary.modelMeasurements);
    expect(readLines(folder, 'measurements.jsonl')[0]).toMatchObject({
      operator: 'conv',
      seconds: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    const count = summary.modelMeasurements.length + summary.layerMeasurements.length;
    expect(readText(folder, 'measurements.csv').trim().split('\n')).toHaveLength(1 + count);
    expect(readText(folder, 'report.txt')).toBe('8 models');
    expect(result.files.at(-1)).toBe(path.join(folder, 'report.txt'));
  });

  it('keeps what was measured when it is stopped', async () => {
    const controller = new AbortController();
    const {summary, status, folder} = await run({
      signal: controller.signal,
      listener: {onMeasuring: ({done}) => void (done === 3 && controller.abort())},
    });
    expect(status).toBe('interrupted');
    expect(summary.status).toBe('interrupted');
    expect(summary.modelMeasurements).toHaveLength(4);
    expect(summary.layerMeasurements.map(({layers}) => layers[0])).toEqual(['stem', 'relu0']);
    expect(summary.notes.join(' ')).toContain('Interrupted');
    expect(readText(folder, 'report.txt')).toBe('4 models');
  });

  it('goes on after a comparison that fails, and says so', async () => {
    const broken: Architecture = {
      ...stack,
      build(options) {
        const model = stack.build(options);
        const layer = model.getLayer('c');
        if (options.operator === adderOperator) {
          layer.call = () => {
            throw new Error('out of memory');
          };
        }
        return model;
      },
    };
    const {summary, status} = await run({
      container: containerWith({...bindings, architectures: [broken]}),
      overrides: {forms: 'plain', batchSizes: '1'},
    });
    expect(status).toBe('failed');
    expect(summary.notes.filter((note) => note.includes('out of memory'))).toEqual([
      'cpu, stack, batch 1, whole model: not measured: out of memory',
      'cpu, stack, batch 1, plain c: not measured: out of memory',
    ]);
    expect(summary.layerMeasurements.map(({layers}) => layers[0])).toEqual(['stem', 'relu0', 'a', 'a', 'logits']);
  });

  it('takes backends by name, or all that are available, each once', async () => {
    const unavailable = {...cpuBackend(), name: 'gpu', unavailableReason: () => Promise.resolve('there is none')};
    const container = () => containerWith({...bindings, backends: [unavailable, cpuBackend()]});
    const workingFolder = temporaryFolder();
    const {summary} = await run({container: container(), variant: 'one', overrides: {backends: 'available,cpu'}});
    expect(summary.environment.backends).toBe('cpu');
    await expect(run({container: container(), overrides: {backend: 'gpu'}, workingFolder})).rejects.toThrow(
      BackendUnavailableError,
    );
    await expect(run({overrides: {architectures: 'stak'}, workingFolder})).rejects.toThrow(UnknownNameError);
    expect(existsSync(path.join(workingFolder, 'runs'))).toBe(false);
  });
});

describe('the configuration', () => {
  it('is checked, with where a value came from', () => {
    const message = (action: () => unknown): string => {
      try {
        action();
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
      }
      return 'no ConfigError';
    };
    expect(
      resolveInference(definition, {variant: 'one', overrides: {'batch-size': '4,8', 'image.width': '9'}}),
    ).toMatchObject({
      batchSizes: [4, 8],
      image: {height: 6, width: 9, channels: 3},
      layers: false,
      rounds: 3,
    });
    expect(message(() => resolveInference(definition, {overrides: {forms: 'plain,fuse'}}))).toBe(
      "forms.1 (--forms): given 'fuse', expected 'plain', 'fused' or both",
    );
    expect(message(() => resolveInference(definition, {overrides: {epochs: '3'}}))).toContain(
      'epochs: given an unknown field',
    );
    expect(message(() => defineInference({name: 'a/b', description: '', config: {architectures: []}}))).toMatch(
      /name: given 'a\/b', expected a name[^]*description: given '', expected a sentence[^]*architectures \(config\): given \[\]/,
    );
    const none = defineInference({name: 'x', description: 'y', config: {}});
    expect(message(() => resolveInference(none, {file: 'f.ts'}))).toBe(
      'f.ts: architectures: given nothing, expected a list of one or more different architecture names, e.g. resnet20,vgg-small',
    );
    expect(() => resolveInference(definition, {variant: 'two'})).toThrow(UnknownNameError);
  });
});
