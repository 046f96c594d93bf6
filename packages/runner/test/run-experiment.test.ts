// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import type {Architecture, EpochMetrics, RunSummary} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {evaluateWeights, experimentConfigSchema, readWeights, type StepProgress} from '../src/index.js';
import {containerWith, fakeDataset, small} from './fixtures.js';
import {readLines, readText} from './temporary-folder.js';
import {readJson, run} from './run.js';

/** Everything of an epoch but its times. */
const figures = ({epochs}: RunSummary): Omit<EpochMetrics, 'imagesPerSecond' | 'trainSeconds' | 'testSeconds'>[] =>
  epochs.map(({imagesPerSecond: _rate, trainSeconds: _train, testSeconds: _test, ...rest}) => rest);

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
        onExperimentStart: ({runs, backend, threads}) => events.push(`start ${runs} ${backend} ${threads}`),
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
      'start 4 cpu 1',
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
        // What reports need for '96 of 200' and for the chance level.
        splitSizes: {train: 96, test: 36},
        numClasses: 6,
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
      [
        ...ids,
        'config.json',
        'environment.json',
        'experiment.json',
        'metrics.csv',
        'metrics.jsonl',
        'report.txt',
        'summary.json',
      ].sort(),
    );
    for (const id of ids)
      expect(readdirSync(path.join(result.folder, id)).sort()).toEqual([
        'checkpoints',
        'evaluation.json',
        'layers.jsonl',
        'model.json',
        'weights.bin',
      ]);
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
    expect(csv[0]).toMatch(/^run,dataset,data,architecture,operator,recipe,backend,seed,epoch,learningRate,trainLoss/);

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
      'pictures: the data is generated (synthetic stand-in for Pictures), not Pictures.',
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
