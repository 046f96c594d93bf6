// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, ImageSplit} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {InterruptedError, NonFiniteLossError, evaluateSplit, trainModel} from '../src/index.js';
import {CLASSES, FakeSplit, fakeOperator, small} from './fixtures.js';
import {config} from './training-config.js';

const official = {kind: 'official', label: 'Pictures'} as const;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const buildSmall = (seed = 0): tfl.LayersModel =>
  small.build({operator: fakeOperator('plain'), numClasses: CLASSES, inputShape: [4, 4, 3], seed});

describe('trainModel', () => {
  const train = FakeSplit.make('train', 64, official);
  const test = FakeSplit.make('test', 36, official);

  it('takes images that are read when they are due', async () => {
    const [train, test] = [FakeSplit.make('train', 48, official), FakeSplit.make('test', 12, official)];
    const lazy = (split: FakeSplit): ImageSplit => ({
      ...split,
      size: split.size,
      batchCount: (options) => split.batchCount(options),
      image: (index) => split.image(index),
      balancedSubset: (size) => split.balancedSubset(size),
      async *batches(options) {
        for (const batch of split.batches(options)) {
          await new Promise((resolve) => setImmediate(resolve));
          yield batch;
        }
      },
    });
    const losses = async (splits: {train: ImageSplit; test: ImageSplit}): Promise<number[]> => {
      const seen: number[] = [];
      const onEpoch = ({trainLoss, testLoss}: EpochMetrics): void => void seen.push(trainLoss, testLoss);
      await trainModel({model: buildSmall(), ...splits, config, seed: 3, onEpoch});
      return seen;
    };
    expect(await losses({train: lazy(train), test: lazy(test)})).toEqual(await losses({train, test}));
  });

  it('leaks no tensor from step to step', async () => {
    const model = buildSmall();
    const counts: number[] = [];
    const count = (): void => {
      counts.push(tf.memory().numTensors);
    };
    await trainModel({
      model,
      train,
      test,
      config: {...config, epochs: 3},
      seed: 0,
      onStep: count,
      onEvaluationStep: count,
    });
    // In the first step the optimizer makes its velocities; from then on nothing is added.
    expect(counts).toHaveLength(3 * (4 + 4));
    expect(new Set(counts).size).toBe(1);
    model.dispose();
  });

  it('takes the learning rate once per epoch or at every step', async () => {
    const weightsAfter = async (interval: 'epoch' | 'step'): Promise<number[]> => {
      const model = buildSmall();
      const metrics: EpochMetrics[] = [];
      await trainModel({
        model,
        train,
        test,
        config: {...config, schedule: {...config.schedule, interval}},
        seed: 0,
        onEpoch: (figures) => void metrics.push(figures),
      });
      expect(metrics.map(({learningRate}) => learningRate)).toEqual([0.05, expect.closeTo(0.025, 10)]);
      const [kernel] = model.getWeights();
      const values = [...(kernel?.dataSync() ?? [])];
      model.dispose();
      return values;
    };
    expect(await weightsAfter('epoch')).toEqual(await weightsAfter('epoch'));
    expect(await weightsAfter('epoch')).not.toEqual(await weightsAfter('step'));
  });

  it('takes one step of SGD exactly as the formulas have it', async () => {
    // One dense layer without bias, one batch: w ← w − lr·(xᵀ(softmax(xw) − y)/n + wd·w).
    const flat = tfl.layers.flatten({inputShape: [4, 4, 3]});
    const model = tfl.sequential({
      layers: [
        flat,
        tfl.layers.dense({
          name: 'head',
          units: CLASSES,
          useBias: false,
          kernelInitializer: tfl.initializers.heNormal({seed: 3}),
        }),
      ],
    });
    const initial = [...(model.getWeights()[0]?.dataSync() ?? [])];
    await trainModel({
      model,
      train,
      test,
      config: {...config, epochs: 1, batchSize: 64},
      seed: 9,
    });
    const updated = [...(model.getWeights()[0]?.dataSync() ?? [])];
    const n = train.size;
    const gradient = new Float64Array(initial.length);
    for (let sample = 0; sample < n; sample++) {
      const x = Array.from({length: 48}, (_, index) => Math.fround((train.pixels[sample * 48 + index] ?? 0) / 255));
      const logits = Array.from({length: CLASSES}, (_, unit) =>
        x.reduce((sum, value, index) => sum + value * (initial[index * CLASSES + unit] ?? 0), 0),
      );
      const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
      for (let unit = 0; unit < CLASSES; unit++) {
        const error = Math.exp(logits[unit] ?? 0) / total - (train.labels[sample] === unit ? 1 : 0);
        x.forEach((value, index) => {
          gradient[index * CLASSES + unit] = (gradient[index * CLASSES + unit] ?? 0) + (value * error) / n;
        });
      }
    }
    updated.forEach((value, index) => {
      const weight = initial[index] ?? 0;
      expect(value).toBeCloseTo(weight - 0.05 * ((gradient[index] ?? 0) + 5e-4 * weight), 5);
    });
    expect(updated).not.toEqual(initial);
    model.dispose();
  });

  it('throws typed errors, and leaves the weights alone at a non-finite loss', async () => {
    const model = buildSmall();
    const poisoned = FakeSplit.make('train', 64, official);
    const batches = poisoned.batches.bind(poisoned);
    poisoned.batches = function* (options) {
      let index = 0;
      for (const batch of batches(options)) {
        if (index++ === 1) batch.images.fill(Infinity);
        yield batch;
      }
    };
    let kernel: number[] = [];
    const failed = trainModel({
      model,
      train: poisoned,
      test,
      config,
      seed: 0,
      run: 'poisoned',
      onStep: () => {
        kernel = [...(model.getWeights()[0]?.dataSync() ?? [])];
      },
    });
    await expect(failed).rejects.toThrow(NonFiniteLossError);
    await expect(failed).rejects.toMatchObject({run: 'poisoned', epoch: 1, step: 2, code: 'ADDERNET_NON_FINITE_LOSS'});
    expect([...(model.getWeights()[0]?.dataSync() ?? [])]).toEqual(kernel);
    model.dispose();

    const bad = FakeSplit.make('test', 36, official);
    const testBatches = bad.batches.bind(bad);
    bad.batches = function* (options) {
      for (const batch of testBatches(options)) {
        batch.images.fill(NaN);
        yield batch;
      }
    };
    const second = buildSmall();
    const tested = trainModel({model: second, train, test: bad, config, seed: 0});
    await expect(tested).rejects.toMatchObject({name: 'NonFiniteLossError', epoch: 1});
    await expect(tested).rejects.toThrow('the test loss became NaN in epoch 1;');
    second.dispose();

    const third = buildSmall();
    await expect(trainModel({model: third, train, test, config, seed: 0, signal: AbortSignal.abort()})).rejects.toThrow(
      InterruptedError,
    );
    third.dispose();
  });
});

describe('evaluateSplit', () => {
  const test = FakeSplit.make('test', 36, official);

  it('does not depend on the batch size, and can stop at the first images', async () => {
    const model = buildSmall();
    const before = tf.memory().numTensors;
    const whole = await evaluateSplit(model, test, {batchSize: 36});
    for (const batchSize of [1, 5, 100]) {
      const parts = await evaluateSplit(model, test, {batchSize});
      expect(parts).toMatchObject({top1: whole.top1, top5: whole.top5, images: 36});
      expect(parts.loss).toBeCloseTo(whole.loss, 5);
    }
    const steps: number[] = [];
    const first = await evaluateSplit(model, test, {batchSize: 5, limit: 12, onStep: ({step}) => steps.push(step)});
    const subset = await evaluateSplit(model, test.balancedSubset(12), {batchSize: 12});
    expect(first).toMatchObject({top1: subset.top1, images: 12});
    expect(steps).toEqual([1, 2, 3]);
    expect((await evaluateSplit(model, test, {batchSize: 5, limit: 1000})).images).toBe(36);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
