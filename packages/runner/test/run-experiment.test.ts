// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Architecture, EpochMetrics, ExperimentSummary, RunSummary} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {
  BackendUnavailableError,
  ConfigError,
  OutputFolderError,
  UnknownNameError,
  defineExperiment,
  evaluateWeights,
  experimentConfigSchema,
  readWeights,
  runExperiment,
  type RunExperimentOptions,
  type RunInfo,
  type StepProgress,
} from '../src/index.js';
import {containerWith, cpuBackend, experiment, fakeDataset, small} from './fixtures.js';
import {readLines, readText, temporaryFolder} from './temporary-folder.js';

const folder = temporaryFolder();
let outputs = 0;
const run = (options: Partial<RunExperimentOptions> = {}): ReturnType<typeof runExperiment> =>
  runExperiment({
    definition: experiment,
    container: containerWith(),
    ...options,
    overrides: {output: path.join(folder, `runs-${outputs++}`), ...options.overrides},
  });

/** Everything of an epoch but its times. */
const figures = ({epochs}: RunSummary): Omit<EpochMetrics, 'imagesPerSecond' | 'trainSeconds' | 'testSeconds'>[] =>
  epochs.map(({imagesPerSecond: _rate, trainSeconds: _train, testSeconds: _test, ...rest}) => rest);

const readJson = (...parts: string[]): unknown => JSON.parse(readText(...parts));

describe('runExperiment', () => {
  it('trains the matrix, writes the folder and learns', async () => {
    const events: string[] = [];
    const steps: StepProgress[] = [];
    const dataset = fakeDataset();
    const result = await run({
      container: containerWith({datasets: [dataset]}),
      overrides: {seeds: '2', epochs: '3'},
      environment: {further: 'entry'},
      listener: {
        onExperimentStart: ({runs, backend}) => events.push(`start ${runs} ${backend}`),
        onRunStart: ({id, index, steps: count, parameters}) => events.push(`run ${index} ${id} ${count} ${parameters}`),
        onStep: (progress) => steps.push(progress),
        onEpoch: ({id}, {epoch}) => events.push(`epoch ${id} ${epoch}`),
        onRunEnd: ({id, status}) => events.push(`${status} ${id}`),
        onExperimentEnd: ({runs}) => events.push(`end ${runs.length}`),
      },
    });
    expect(result.status).toBe('finished');
    const ids = ['plain', 'bent'].flatMap((name) => [0, 1].map((seed) => `pictures-small-${name}-seed${seed}`));
    expect(result.summary.runs.map(({id}) => id)).toEqual(ids);
    // 3·3·3·6 + 6 filter and bias, 4·6 of batch normalisation, 96·6 + 6 of the head.
    const parameters = 168 + 24 + 582;
    expect(events).toEqual([
      'start 4 cpu',
      ...ids.flatMap((id, index) => [
        `run ${index} ${id} 6 ${parameters}`,
        ...[1, 2, 3].map((epoch) => `epoch ${id} ${epoch}`),
        `finished ${id}`,
      ]),
      'end 4',
    ]);
    for (const summary of result.summary.runs) {
      expect(summary).toMatchObject({
        status: 'finished',
        backend: 'cpu',
        trainImages: 96,
        testImages: 36,
        parameters,
        trainableParameters: parameters - 12,
        epochsPlanned: 3,
        // 16 positions · 162 filter elements, and 576 of the head.
        operations: {multiplications: 16 * 162 + 576, additions: 16 * 162 + 576},
      });
      expect(summary.final?.top1).toBeGreaterThan(0.5);
      expect(summary.final?.top5).toBeGreaterThanOrEqual(summary.final?.top1 ?? 1);
      const [first, , last] = summary.epochs;
      expect(last?.trainLoss).toBeLessThan(first?.trainLoss ?? 0);
      // Cosine over three epochs, once per epoch.
      expect(summary.epochs.map(({learningRate}) => learningRate)).toEqual([
        0.05,
        expect.closeTo(0.0375, 10),
        expect.closeTo(0.0125, 10),
      ]);
    }
    // Datasets are loaded once, whatever the number of runs.
    expect(dataset.loads.map(({split}) => split)).toEqual(['train', 'test']);

    expect(steps).toHaveLength(4 * 3 * 6);
    expect(steps.at(5)).toMatchObject({epoch: 1, epochs: 3, step: 6, steps: 6});
    for (const {imagesPerSecond, etaSeconds, loss} of steps) {
      expect(imagesPerSecond).toBeGreaterThan(0);
      expect(etaSeconds).toBeGreaterThanOrEqual(0);
      expect(loss).toBeGreaterThan(0);
    }

    expect(path.basename(result.folder)).toMatch(/^fake-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    expect(readdirSync(result.folder).sort()).toEqual(
      [...ids, 'config.json', 'environment.json', 'metrics.csv', 'metrics.jsonl', 'report.txt', 'summary.json'].sort(),
    );
    for (const id of ids)
      expect(readdirSync(path.join(result.folder, id)).sort()).toEqual(['model.json', 'weights.bin']);
    for (const file of result.files) expect(existsSync(file), file).toBe(true);
    expect(result.files.at(-1)).toBe(path.join(result.folder, 'report.txt'));
    expect(readText(result.folder, 'report.txt').split('\n')).toHaveLength(4);

    const config = readJson(result.folder, 'config.json');
    expect(experimentConfigSchema.parse(config)).toEqual(config);
    expect(result.summary.config).toEqual(config);
    expect(readJson(result.folder, 'summary.json')).toEqual(JSON.parse(JSON.stringify(result.summary)));
    const rows = readLines(result.folder, 'metrics.jsonl');
    expect(rows).toHaveLength(12);
    expect(rows[11]).toMatchObject({run: ids[3], data: 'Pictures', operator: 'bent', seed: 1, epoch: 3});
    expect(rows.slice(0, 3)).toMatchObject(figures(result.summary.runs[0] ?? ({} as RunSummary)));
    const csv = readText(result.folder, 'metrics.csv').trim().split('\n');
    expect(csv).toHaveLength(13);
    expect(csv[0]).toMatch(/^run,dataset,data,architecture,operator,backend,seed,epoch,learningRate,trainLoss/);

    expect(readJson(result.folder, 'environment.json')).toMatchObject({
      node: process.version,
      '@tensorflow/tfjs-core': tf.version_core,
      '@addernet/runner': '0.1.0',
      backend: 'cpu',
      'backend.threads': '1',
      'backend.kernels': 'composed from TF.js ops',
      further: 'entry',
      command: expect.stringContaining('node'),
    });
  });

  it('gives the same numbers for the same seed, others for another, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const first = await run({overrides: {seed: '5'}});
    const second = await run({overrides: {seed: '5'}});
    const other = await run({overrides: {seed: '6'}});
    expect(second.summary.runs.map(figures)).toEqual(first.summary.runs.map(figures));
    expect(other.summary.runs.map(figures)).not.toEqual(first.summary.runs.map(figures));
    for (const {id} of first.summary.runs) {
      expect(await readWeights(path.join(second.folder, id))).toEqual(await readWeights(path.join(first.folder, id)));
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('shows every operator the same images in the same order', async () => {
    const dataset = fakeDataset();
    await run({container: containerWith({datasets: [dataset]}), overrides: {seed: '3'}});
    const shuffled = dataset.splits.train.calls;
    expect(shuffled).toHaveLength(4);
    expect(shuffled.slice(0, 2)).toEqual(shuffled.slice(2));
    expect(shuffled[0]).toMatchObject({shuffle: {seed: 3, epoch: 0}, augmentation: {horizontalFlip: true}});
    expect(shuffled[1]).toMatchObject({shuffle: {seed: 3, epoch: 1}});
    for (const call of dataset.splits.test.calls) {
      expect(call.shuffle).toBeUndefined();
      expect(call.augmentation).toBeUndefined();
      expect(call.normalization).toEqual(dataset.normalization);
    }
    await run({container: containerWith({datasets: [dataset]}), overrides: {augmentation: 'false', epochs: '1'}});
    expect(dataset.splits.train.calls.at(-1)?.augmentation).toBeUndefined();
  });

  it("evaluates saved weights to the trainer's own test figures", async () => {
    const container = containerWith();
    const result = await run({container});
    const before = tf.memory().numTensors;
    for (const summary of result.summary.runs) {
      const evaluated = await evaluateWeights({
        container,
        architecture: 'small',
        operator: summary.operator,
        dataset: 'pictures',
        weights: path.join(result.folder, summary.id),
        batchSize: 7,
      });
      expect(evaluated).toMatchObject({
        top1: summary.final?.top1,
        top5: summary.final?.top5,
        images: 36,
        backend: 'cpu',
        operator: summary.operator,
        architecture: 'small',
        dataset: 'pictures',
        data: 'Pictures',
        dataKind: 'official',
      });
      expect(evaluated.loss).toBeCloseTo(summary.final?.loss ?? NaN, 6);
      expect(evaluated.imagesPerSecond).toBeGreaterThan(0);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('marks synthetic and partial data and subsets', async () => {
    const dataset = fakeDataset('pictures', {kind: 'synthetic', label: 'synthetic stand-in for Pictures'});
    const result = await run({
      container: containerWith({datasets: [dataset]}),
      overrides: {
        operators: 'plain',
        epochs: '1',
        data: 'synthetic',
        'train-samples': '48',
        'test-samples': '1000',
        'allow-partial': 'true',
        labels: 'coarse',
      },
      dataRoot: '/data',
    });
    expect(dataset.loads[0]?.options).toMatchObject({
      source: 'synthetic',
      allowPartial: true,
      labels: 'coarse',
      root: '/data',
    });
    expect(result.summary.notes).toEqual([
      'pictures: the data is synthetic stand-in for Pictures, not Pictures in full.',
      'pictures: class-balanced subset, 48 of 96 training images.',
    ]);
    expect(result.summary.runs[0]).toMatchObject({
      trainData: {kind: 'synthetic', label: 'synthetic stand-in for Pictures'},
      trainImages: 48,
      testImages: 36,
    });
    expect(readLines(result.folder, 'metrics.jsonl')[0]).toMatchObject({data: 'synthetic stand-in for Pictures'});
  });

  it('leaves out a last batch of one image', async () => {
    const steps: StepProgress[] = [];
    await run({
      overrides: {operators: 'plain', epochs: '1', batchSize: '19', trainSamples: '96'},
      listener: {onStep: (progress) => steps.push(progress)},
    });
    expect(steps).toHaveLength(5);
  });

  it('adds the regularisation losses of layers to what is minimised, not to what is reported', async () => {
    const regularised: Architecture = {
      ...small,
      name: 'regularised',
      build: ({numClasses, inputShape}) =>
        tfl.sequential({
          layers: [
            tfl.layers.flatten({name: 'flatten', inputShape: [...inputShape]}),
            tfl.layers.dense({
              name: 'head',
              units: numClasses,
              kernelInitializer: 'ones',
              kernelRegularizer: tfl.regularizers.l2({l2: 1e3}),
            }),
          ],
        }),
    };
    const result = await run({
      container: containerWith({architectures: [regularised]}),
      overrides: {
        architectures: 'regularised',
        operators: 'plain',
        epochs: '1',
        'optimizer.learning-rate': '1e-4',
        'optimizer.weight-decay': '0',
      },
    });
    const [summary] = result.summary.runs;
    expect(summary?.status).toBe('finished');
    // All logits are equal at first, so the cross-entropy begins at ln 6; with the penalty it would be above 10^5.
    expect(summary?.epochs[0]?.trainLoss).toBeLessThan(Math.log(6) * 2);
    const {weights} = await readWeights(path.join(result.folder, summary?.id ?? ''));
    const kernel = weights.find(({name}) => name === 'head/kernel');
    // Without the penalty these weights stay near 1; with it they shrink by 1 − 2·1e3·1e-4 a step.
    expect(Math.max(...(kernel?.values ?? []))).toBeLessThan(0.5);
  });
});

describe('what goes wrong', () => {
  it('stops a run whose loss is not finite, keeps what was good and goes on with the others', async () => {
    const container = containerWith();
    const info: RunInfo[] = [];
    const result = await run({
      container,
      overrides: {'optimizer.learning-rate': '1e30', operators: 'plain,bent', 'schedule.kind': 'constant'},
      listener: {onRunStart: (run_) => info.push(run_)},
    });
    expect(result.status).toBe('failed');
    expect(info).toHaveLength(2);
    const [first] = result.summary.runs;
    expect(first?.status).toBe('failed');
    expect(first?.error).toMatch(
      /^pictures-small-plain-seed0: the training loss became (NaN|-?Infinity) in epoch 1, step \d; .*; the weights kept are those after epoch 0$/,
    );
    expect(first?.epochs).toEqual([]);
    expect((await readWeights(path.join(result.folder, first?.id ?? ''))).metadata).toMatchObject({epoch: '0'});
    expect(readJson(result.folder, 'summary.json')).toMatchObject({runs: [{status: 'failed'}, {}]});
  });

  it('keeps the metrics and weights of the epochs before a divergence', async () => {
    // A data set whose third epoch holds a poisoned image.
    const dataset = fakeDataset();
    const batches = dataset.splits.train.batches.bind(dataset.splits.train);
    dataset.splits.train.batches = function* (options) {
      for (const batch of batches(options)) {
        if (options.shuffle?.epoch === 2 && options.shuffle.seed === 0) batch.images.fill(NaN);
        yield batch;
      }
    };
    const container = containerWith({datasets: [dataset]});
    const result = await run({container, overrides: {epochs: '4', operators: 'plain', seeds: '0,1'}});
    expect(result.status).toBe('failed');
    const [failed, fine] = result.summary.runs;
    expect(failed).toMatchObject({status: 'failed', epochs: [{epoch: 1}, {epoch: 2}]});
    expect(failed?.error).toContain('became NaN in epoch 3, step 1');
    expect(failed?.error).toContain('the weights kept are those after epoch 2');
    expect(failed?.final?.top1).toBe(failed?.epochs[1]?.testTop1);
    expect(fine).toMatchObject({status: 'finished'});
    expect(fine?.epochs).toHaveLength(4);
    expect(readLines(result.folder, 'metrics.jsonl')).toHaveLength(6);
    const evaluated = await evaluateWeights({
      container,
      architecture: 'small',
      operator: 'plain',
      dataset: 'pictures',
      weights: path.join(result.folder, failed?.id ?? '', 'model.json'),
    });
    expect(evaluated.top1).toBe(failed?.epochs[1]?.testTop1);
  });

  it('stops within a step when aborted, with readable files and the weights as they are', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const before = tf.memory().numTensors;
    const result = await run({
      signal: controller.signal,
      overrides: {epochs: '50'},
      listener: {
        onStep: ({epoch, step}) => {
          seen.push(`${epoch}.${step}`);
          if (epoch === 3 && step === 2) controller.abort();
        },
      },
    });
    expect(seen.at(-1)).toBe('3.2');
    expect(result.status).toBe('interrupted');
    expect(result.summary.runs).toMatchObject([{status: 'interrupted', operator: 'plain', epochsPlanned: 50}]);
    expect(result.summary.runs[0]?.epochs).toHaveLength(2);
    expect(result.summary.notes).toContain('Interrupted: 0 of 2 runs finished.');
    expect(readLines(result.folder, 'metrics.jsonl')).toHaveLength(2);
    expect(readJson(result.folder, 'summary.json')).toMatchObject({runs: [{status: 'interrupted'}]});
    expect(readText(result.folder, 'report.txt')).toContain('interrupted');
    const saved = await readWeights(path.join(result.folder, 'pictures-small-plain-seed0'));
    expect(saved.metadata).toMatchObject({epoch: '2', state: 'interrupted after epoch 2'});
    expect(tf.memory().numTensors).toBe(before);
  });

  it('lets timers and signal handlers run between steps', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const result = await run({signal: controller.signal, overrides: {epochs: '100000'}});
    expect(result.status).toBe('interrupted');
  });

  it('stops during evaluation and during loading', async () => {
    const controller = new AbortController();
    const result = await run({
      signal: controller.signal,
      listener: {onEvaluationStep: () => controller.abort()},
    });
    expect(result.summary.runs).toMatchObject([{status: 'interrupted', epochs: []}]);

    const loading = new AbortController();
    const dataset = fakeDataset();
    const stopped = await run({
      signal: loading.signal,
      container: containerWith({
        datasets: [
          {
            ...dataset,
            load: (_split, {signal}) => {
              loading.abort();
              return Promise.reject(signal?.aborted === true ? new Error('AbortError') : new Error('no signal'));
            },
          },
        ],
      }),
    });
    expect(stopped).toMatchObject({status: 'interrupted', summary: {runs: []}});
    expect(readJson(stopped.folder, 'summary.json')).toMatchObject({runs: []});
  });

  it('fails before writing anything when a name is unknown or the configuration is wrong', async () => {
    const output = path.join(folder, 'never');
    const failing = (overrides: Record<string, string>): Promise<unknown> =>
      run({overrides: {...overrides, output}}).catch((error: unknown) => error);
    expect(await failing({operators: 'adder'})).toMatchObject({
      message: 'unknown operator "adder"; valid: plain, bent',
    });
    expect(await failing({architectures: 'smal'})).toMatchObject({
      message: 'unknown architecture "smal"; did you mean "small"?; valid: small',
    });
    expect(await failing({datasets: 'cifar10'})).toBeInstanceOf(UnknownNameError);
    expect(await failing({backend: 'wasm'})).toMatchObject({kind: 'backend', valid: ['cpu']});
    expect(await failing({epochs: '0'})).toBeInstanceOf(ConfigError);
    expect(await failing({plugins: './nowhere.mjs'})).toMatchObject({code: 'ADDERNET_PLUGIN'});
    expect(existsSync(output)).toBe(false);
  });

  it('throws the dataset’s error and leaves no empty folder behind', async () => {
    const output = path.join(folder, 'no-data');
    const dataset = {...fakeDataset(), load: () => Promise.reject(new Error('fetch it from example.org'))};
    await expect(run({container: containerWith({datasets: [dataset]}), overrides: {output}})).rejects.toThrow(
      'fetch it from example.org',
    );
    expect(readdirSync(output)).toEqual([]);
  });

  it('says why the output folder cannot be written', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, 'x');
    await expect(run({overrides: {output: path.join(file, 'runs')}})).rejects.toThrow(OutputFolderError);
    await expect(run({overrides: {output: path.join(file, 'runs')}})).rejects.toThrow(
      'this is a file; expected a folder',
    );
    await expect(run({overrides: {output: '/proc/addernet'}})).rejects.toThrow(OutputFolderError);
    expect(readText(file)).toBe('x');
  });

  it('keeps everything when the disk fills up on the way', async () => {
    const output = path.join(folder, 'filling');
    mkdirSync(output);
    const started = run({
      overrides: {output, operators: 'plain', epochs: '3'},
      listener: {
        onEpoch: ({id}, {epoch}) => {
          // From the second epoch on, appending meets a full device.
          if (epoch !== 1) return;
          const [name = ''] = readdirSync(output);
          const metrics = path.join(output, name, 'metrics.jsonl');
          symlinkSync('/dev/full', `${metrics}.link`);
          renameSync(`${metrics}.link`, metrics);
          expect(id).toBe('pictures-small-plain-seed0');
        },
      },
    });
    await expect(started).rejects.toThrow(OutputFolderError);
    await expect(started).rejects.toThrow('the disk is full');
    const [name = ''] = readdirSync(output).filter((entry) => entry.startsWith('fake-'));
    expect(readJson(output, name, 'summary.json')).toMatchObject({
      runs: [{status: 'interrupted', epochs: [{epoch: 1}]}],
    });
    expect((await readWeights(path.join(output, name, 'pictures-small-plain-seed0'))).metadata).toMatchObject({
      epoch: '1',
    });
  });

  it('records an architecture that cannot be built, and a report that cannot be made', async () => {
    const broken: Architecture = {
      ...small,
      name: 'broken',
      build: () => {
        throw new Error('needs 32×32 images');
      },
    };
    const result = await run({
      container: containerWith({
        architectures: [broken, small],
        reporters: [{name: 'r', fileName: 'r.txt', render: () => Promise.reject(new Error('no fonts'))}],
      }),
      overrides: {architectures: 'broken,small', operators: 'plain', epochs: '1'},
    });
    expect(result.status).toBe('failed');
    expect(result.summary.runs).toMatchObject([{status: 'failed', error: 'needs 32×32 images'}, {status: 'finished'}]);
    expect(result.summary.notes).toEqual(['The report r.txt could not be made: no fonts']);
    const summary = readJson(result.folder, 'summary.json') as ExperimentSummary;
    expect(summary.notes).toEqual(result.summary.notes);
  });

  it('fails a run whose model gives no logits', async () => {
    const wide: Architecture = {
      ...small,
      build: (options) => small.build({...options, numClasses: options.numClasses + 1}),
    };
    const result = await run({container: containerWith({architectures: [wide]}), overrides: {operators: 'plain'}});
    expect(result.summary.runs[0]?.error).toBe('small: expected logits of shape [16,6]; the model gives [16,7]');
  });
});

describe('backends', () => {
  const slowDefinition = defineExperiment({
    ...experiment,
    onSlowBackend: {config: {operators: ['plain'], epochs: 1}, note: 'only the plain operator: the backend is slow'},
    variants: {full: {operators: ['plain', 'bent'], epochs: 2}},
  });
  const slow = (): Parameters<typeof containerWith>[0] => ({backends: [cpuBackend({speed: 'slow'})]});

  it('adjusts to a slow backend and says so', async () => {
    const notices: string[] = [];
    const listener = {onNotice: (message: string) => notices.push(message)};
    const result = await run({definition: slowDefinition, container: containerWith(slow()), listener});
    expect(result.summary.runs).toMatchObject([{operator: 'plain', epochsPlanned: 1}]);
    expect(result.summary.notes).toEqual(['only the plain operator: the backend is slow']);
    expect(notices).toEqual(result.summary.notes);

    const partly = await run({
      definition: slowDefinition,
      container: containerWith(slow()),
      overrides: {operators: 'bent'},
    });
    expect(partly.summary.runs).toMatchObject([{operator: 'bent', epochsPlanned: 1}]);
    expect(partly.summary.notes).toEqual([
      'only the plain operator: the backend is slow (Set otherwise by variant or command line: operators.)',
    ]);

    const full = await run({definition: slowDefinition, container: containerWith(slow()), variant: 'full'});
    expect(full.summary.runs).toHaveLength(2);
    expect(full.summary.notes).toEqual([]);
    expect(full.summary.environment).toMatchObject({variant: 'full'});

    const fast = await run({definition: slowDefinition});
    expect(fast.summary.runs).toHaveLength(2);
    expect(fast.summary.notes).toEqual([]);
  });

  it("says why a backend is not available, and that 'auto' found none", async () => {
    const unavailable = cpuBackend({name: 'gpu', unavailableReason: () => Promise.resolve('there is no GPU')});
    const container = containerWith({backends: [unavailable]});
    await expect(run({container, overrides: {backend: 'gpu'}})).rejects.toThrow(BackendUnavailableError);
    await expect(run({container})).rejects.toThrow('no backend is available here: gpu: there is no GPU');
    await expect(run({container: containerWith({backends: []})})).rejects.toThrow('no backend is bound');
    const lying = containerWith({backends: [cpuBackend({name: 'wasm'})]});
    await expect(run({container: lying})).rejects.toThrow('TF.js computes on "cpu"; expected "wasm"');
    const failing = cpuBackend({start: () => Promise.reject(new Error('no memory'))});
    await expect(run({container: containerWith({backends: [failing]})})).rejects.toThrow('did not start: no memory');
  });

  it('runs an operator, an architecture and a dataset of plugins, by name', async () => {
    const plugins = path.join(folder, 'plugins');
    mkdirSync(plugins);
    const inversify = JSON.stringify(import.meta.resolve('inversify'));
    const layers = JSON.stringify(import.meta.resolve('@tensorflow/tfjs-layers'));
    writeFileSync(
      path.join(plugins, 'shift.mjs'),
      `import {ContainerModule} from ${inversify};
      import * as tfl from ${layers};
      export default [
        new ContainerModule(({bind}) => {
          bind(Symbol.for('addernet.operator')).toConstantValue({
            name: 'shift', description: 'test', layerClassNames: [],
            conv2d: ({name, filters, kernelSize}) =>
              tfl.layers.conv2d({name, filters, kernelSize, padding: 'same', kernelInitializer: 'ones'}),
            dense: ({name, units}) => tfl.layers.dense({name, units, kernelInitializer: 'zeros'}),
            operationsPerTap: {multiplications: 0, additions: 1},
            energyPerTap: {float32: 1, int8: 1, source: 'test'},
          });
        }),
        new ContainerModule(({bind}) => {
          bind(Symbol.for('addernet.architecture')).toConstantValue({
            name: 'pooled', description: 'test', source: 'test',
            build: ({operator, numClasses, inputShape, seed}) => tfl.sequential({layers: [
              tfl.layers.averagePooling2d({poolSize: 2, inputShape}),
              operator.conv2d({name: 'c', filters: 3, kernelSize: 1, seed}),
              tfl.layers.flatten(),
              operator.dense({name: 'd', units: numClasses, seed}),
            ]}),
          });
        }),
      ];`,
    );
    const container = containerWith({datasets: [fakeDataset(), fakeDataset('portraits')]});
    const definition = defineExperiment({...experiment, plugins: ['./shift.mjs']});
    const file = path.join(plugins, 'experiment.ts');
    const overrides = {operators: 'shift,plain', architectures: 'pooled', datasets: 'portraits,pictures', epochs: '1'};
    const result = await run({definition, file, container, overrides});
    expect(result.summary.runs.map(({id, status}) => `${id} ${status}`)).toEqual([
      'portraits-pooled-shift-seed0 finished',
      'portraits-pooled-plain-seed0 finished',
      'pictures-pooled-shift-seed0 finished',
      'pictures-pooled-plain-seed0 finished',
    ]);
    // The same container again: the plugin is there already. And without the file, its folder is not known.
    expect((await run({definition, file, container, overrides: {epochs: '1', operators: 'shift'}})).status).toBe(
      'finished',
    );
    await expect(run({definition, overrides})).rejects.toThrow('no such file; looked for');
  });
});
