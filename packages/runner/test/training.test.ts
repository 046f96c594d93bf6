// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, ImageSplit} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import {beforeAll, describe, expect, it, vi} from 'vitest';
import {Eta} from '../src/training/eta.js';
import {Score} from '../src/training/score.js';
import {learningRateSchedule} from '../src/training/schedule.js';
import {
  InterruptedError,
  NonFiniteLossError,
  chooseBackend,
  evaluateSplit,
  startBackend,
  trainModel,
} from '../src/index.js';
import {CLASSES, FakeSplit, containerWith, cpuBackend, fakeOperator, small} from './fixtures.js';

const official = {kind: 'official', label: 'Pictures'} as const;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const config = {
  epochs: 2,
  batchSize: 16,
  evaluationBatchSize: 10,
  optimizer: {
    learningRate: 0.05,
    momentum: 0.9,
    nesterov: false,
    weightDecay: 5e-4,
    localLearningRate: 0.2,
    increasedLearningRate: 1,
  },
  schedule: {
    kind: 'cosine',
    interval: 'epoch',
    length: 'epochs',
    firstEpoch: 0,
    final: 0,
    milestones: [],
    gamma: 0.1,
    warmUpEpochs: 0,
  },
  augmentation: true,
} as const;

const buildSmall = (seed = 0): tfl.LayersModel =>
  small.build({operator: fakeOperator('plain'), numClasses: CLASSES, inputShape: [4, 4, 3], seed});

describe('Score', () => {
  it('agrees with a direct computation in float64', () => {
    const row = fc.tuple(
      fc.array(fc.double({min: -20, max: 20, noNaN: true}), {minLength: 7, maxLength: 7}),
      fc.integer({min: 0, max: 6}),
    );
    fc.assert(
      fc.property(fc.array(row, {minLength: 1, maxLength: 20}), (rows) => {
        const score = new Score();
        score.add(
          rows.flatMap(([logits]) => logits),
          rows.map(([, label]) => label),
          7,
        );
        let loss = 0;
        let top1 = 0;
        let top5 = 0;
        for (const [logits, label] of rows) {
          const exponentials = logits.map((value) => Math.exp(value));
          loss -= Math.log((exponentials[label] ?? 0) / exponentials.reduce((sum, value) => sum + value, 0));
          // A stable sort puts the lower index first among equals.
          const order = logits.map((_, index) => index).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
          if (order[0] === label) top1++;
          if (order.slice(0, 5).includes(label)) top5++;
        }
        expect(score.loss).toBeCloseTo(loss / rows.length, 10);
        expect(score.top1).toBe(top1 / rows.length);
        expect(score.top5).toBe(top5 / rows.length);
        expect(score.images).toBe(rows.length);
      }),
    );
  });

  it('does not overflow, and gives a row with NaN no credit', () => {
    const score = new Score();
    score.add([1e4, -1e4, 1e4, -1e4], [0, 0], 2);
    expect(score.loss).toBe(0);
    const wrong = new Score();
    wrong.add([1e4, -1e4], [1], 2);
    expect(wrong.loss).toBe(2e4);
    expect(wrong.top5).toBe(1);
    const broken = new Score();
    broken.add([NaN, 1, 2, 1, NaN, 0], [0, 0], 3);
    expect(broken.loss).toBeNaN();
    expect([broken.top1, broken.top5]).toEqual([0, 0]);
  });
});

describe('learning rates', () => {
  const rate = (epoch: number, schedule: Partial<typeof config.schedule> | object, epochs = 400): number =>
    learningRateSchedule({
      epochs,
      optimizer: {...config.optimizer, learningRate: 0.1},
      schedule: {...config.schedule, ...schedule},
    })(epoch);

  it("follows the authors' cosine", () => {
    for (const epoch of [0, 1, 100, 200, 399]) {
      expect(rate(epoch, {})).toBeCloseTo(0.05 * (1 + Math.cos((epoch / 400) * Math.PI)), 12);
    }
    expect(rate(400, {final: 0.01})).toBeCloseTo(0.01, 12);
    // As in their code, where the first of 399 epochs is number 1 of 400.
    const code = (epoch: number) => rate(epoch, {length: 400, firstEpoch: 1}, 399);
    expect(code(0)).toBeCloseTo(0.05 * (1 + Math.cos(Math.PI / 400)), 12);
    expect(code(398)).toBeCloseTo(0.05 * (1 + Math.cos((399 * Math.PI) / 400)), 12);
    expect(code(398)).toBeGreaterThan(0);
  });

  it('steps, stays constant, and warms up from above zero', () => {
    const steps = {kind: 'step', milestones: [100, 150], gamma: 0.1} as const;
    expect([99, 100, 149, 150].map((epoch) => rate(epoch, steps))).toEqual(
      [0.1, 0.01, 0.01, 0.001].map((value) => expect.closeTo(value, 12)),
    );
    expect([0, 399].map((epoch) => rate(epoch, {kind: 'constant'}))).toEqual([0.1, 0.1]);
    const warm = {kind: 'constant', warmUpEpochs: 4} as const;
    expect([0, 1, 2, 3, 4, 5].map((epoch) => rate(epoch, warm))).toEqual(
      [0.02, 0.04, 0.06, 0.08, 0.1, 0.1].map((value) => expect.closeTo(value, 12)),
    );
  });
});

describe('Eta', () => {
  it('counts training by its mean step and evaluations once timed', () => {
    const eta = new Eta(3, 10);
    expect(eta.afterStep(1, 5, 5)).toBeCloseTo(25, 9);
    eta.afterTraining(10);
    eta.afterEvaluation(4);
    expect(eta.afterStep(2, 5, 10)).toBeCloseTo((20 / 15) * 15 + 2 * 4, 9);
    eta.afterTraining(20);
    eta.afterEvaluation(2);
    expect(eta.afterStep(3, 10, 30)).toBeCloseTo(3, 9);
  });
});

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

describe('startBackend', () => {
  const startWith = async (threads: number | 'auto', details: Record<string, string>) => {
    const start = vi.fn(cpuBackend().start);
    const notices: string[] = [];
    const backend = cpuBackend({start, details: () => Promise.resolve(details)});
    const used = await startBackend(backend, threads, (notice) => notices.push(notice));
    expect(start).toHaveBeenCalledExactlyOnceWith({threads});
    return {used, notices};
  };

  it('passes the number of threads on, and answers how many there are', async () => {
    expect(await startWith('auto', {threads: '4'})).toEqual({used: 4, notices: []});
    expect(await startWith(2, {threads: '2'})).toEqual({used: 2, notices: []});
    expect(await startWith('auto', {})).toEqual({used: 1, notices: []});
    expect(await startWith(1, {})).toEqual({used: 1, notices: []});
  });

  it('says where threads do not apply, and why', async () => {
    expect(await startWith(2, {threads: '1', 'threads.reason': 'kernels are JavaScript'})).toEqual({
      used: 1,
      notices: ['threads=2 does not apply: backend "cpu" computes on one thread (kernels are JavaScript).'],
    });
    expect((await startWith(4, {threads: '2'})).notices).toEqual([
      'threads=4 does not apply: backend "cpu" computes on 2 threads.',
    ]);
  });
});

describe('chooseBackend', () => {
  const no = (): Promise<string> => Promise.resolve('not here');
  const choose = async (backends: Parameters<typeof containerWith>[0], name = 'auto'): Promise<string> =>
    (await chooseBackend(containerWith(backends), name)).description;
  const backend = (description: string, overrides: Parameters<typeof cpuBackend>[0]): ReturnType<typeof cpuBackend> =>
    cpuBackend({name: description, description, ...overrides});

  it('prefers fast, then own kernels, then priority, among the available', async () => {
    const slowKernels = backend('slow-kernels', {speed: 'slow', kernelPackage: '@addernet/kernels-cpu', priority: 1});
    const slowComposed = backend('slow-composed', {speed: 'slow', priority: 50});
    const fast = backend('fast', {speed: 'fast', kernelPackage: 'k', priority: 10});
    const faster = backend('faster', {speed: 'fast', kernelPackage: 'k', priority: 20});
    const missing = backend('missing', {speed: 'fast', kernelPackage: 'k', priority: 99, unavailableReason: no});
    expect(await choose({backends: [slowComposed, slowKernels, missing]})).toBe('slow-kernels');
    expect(await choose({backends: [slowComposed, fast, slowKernels, faster, missing]})).toBe('faster');
    expect(await choose({backends: [slowComposed, fast]}, 'slow-composed')).toBe('slow-composed');
    await expect(choose({backends: [fast, missing]}, 'missing')).rejects.toThrow(
      '"missing" is not available here: not here',
    );
  });
});
