// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Architecture, ExperimentSummary} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import {
  ConfigError,
  OutputFolderError,
  UnknownNameError,
  evaluateWeights,
  readWeights,
  resumeExperiment,
  type RunInfo,
} from '../src/index.js';
import {containerWith, fakeDataset, small} from './fixtures.js';
import {readLines, readText} from './temporary-folder.js';
import {folder, readJson, run} from './run.js';

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
      /^pictures-small-plain-seed0: the training loss became (NaN|-?Infinity) in epoch 1, step \d \(first not finite: (weight|output of layer) [\w/]+\); .*; the weights kept are those after epoch 0, the checkpoint is of epoch 1 after step \d \(addernet resume\)$/,
    );
    expect(first?.epochs).toEqual([]);
    expect((await readWeights(path.join(result.folder, first?.id ?? ''))).metadata).toMatchObject({epoch: '0'});
    expect(readJson(result.folder, 'summary.json')).toMatchObject({runs: [{status: 'failed'}, {}]});
  });

  it('takes a divergence as the result of its run where the experiment allows it', async () => {
    const container = containerWith();
    const result = await run({
      container,
      overrides: {
        'optimizer.learning-rate': '1e30',
        operators: 'plain,bent',
        'schedule.kind': 'constant',
        'allow-divergence': 'true',
      },
    });
    expect(result.status).toBe('finished');
    const [first] = result.summary.runs;
    expect(first?.status).toBe('diverged');
    expect(first?.error).toMatch(/the training loss became (NaN|-?Infinity) in epoch 1, step \d/);
    expect(first?.error).not.toContain('resume');
    // Nothing is left to be done.
    const begun: RunInfo[] = [];
    const resumed = await resumeExperiment({
      folder: result.folder,
      container,
      listener: {onRunStart: (info) => begun.push(info)},
    });
    expect(begun).toEqual([]);
    expect(resumed.status).toBe('finished');
    expect(resumed.summary.runs.map(({status}) => status)).toEqual(result.summary.runs.map(({status}) => status));
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
    expect(failed?.error).toContain('became NaN in epoch 3, step 1 (first not finite: the images)');
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
    expect(readLines(result.folder, 'metrics.jsonl')).toEqual([]);
    expect(readText(result.folder, 'metrics.csv')).toMatch(/^run,dataset,.*testSeconds\n$/);

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

  it.skipIf(!existsSync('/dev/full'))('keeps everything when the disk fills up on the way', async () => {
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
    expect(result.summary.runs[0]?.error).toMatch(
      /^small: expected logits of shape \[16,6\]; the model gives \[16,7\]; the weights kept are those after epoch 0, /,
    );
  });
});

describe('a clock that is set', () => {
  it.each([-86_400_000, 86_400_000])('by %i ms while it trains changes no time and no checkpoint', async (jump) => {
    vi.useFakeTimers({toFake: ['Date']});
    try {
      const etas: number[] = [];
      let steps = 0;
      const result = await run({
        overrides: {epochs: '2', operators: 'plain', 'checkpoints.minutes': '60'},
        listener: {
          onStep: ({etaSeconds, imagesPerSecond}) => {
            etas.push(etaSeconds);
            expect(imagesPerSecond).toBeGreaterThan(0);
            if (++steps === 3) vi.setSystemTime(Date.now() + jump);
          },
        },
      });
      expect(result.status).toBe('finished');
      expect(etas.every((eta) => eta >= 0 && eta < 600)).toBe(true);
      expect(result.summary.seconds).toBeGreaterThan(0);
      expect(result.summary.seconds).toBeLessThan(600);
      for (const {trainSeconds, testSeconds} of result.summary.runs[0]?.epochs ?? []) {
        expect(trainSeconds).toBeGreaterThan(0);
        expect(trainSeconds).toBeLessThan(600);
        expect(testSeconds).toBeGreaterThan(0);
      }
      // Only those of the ends of epochs.
      expect(readdirSync(path.join(result.folder, 'pictures-small-plain-seed0', 'checkpoints')).sort()).toEqual([
        'best.safetensors',
        'epoch2-step0.safetensors',
        'epoch3-step0.safetensors',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });
});
