// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, ExperimentSummary, Provenance, RunSummary} from '@addernet/plugin';

// Made-up summaries. Their curves follow formulas, no network was trained: nothing made from them may leave the tests.

const CIFAR100: Provenance = {kind: 'official', label: 'CIFAR-100', path: '/data/cifar-100-binary'};
export const STAND_IN: Provenance = {kind: 'synthetic', label: 'synthetic stand-in for CIFAR-100'};
const PARTIAL_CIFAR10: Provenance = {
  kind: 'partial',
  label: 'CIFAR-10 (10,000 of 50,000)',
  path: '/data/cifar-10-batches-bin',
};
export const CIFAR10: Provenance = {kind: 'official', label: 'CIFAR-10', path: '/data/cifar-10-batches-bin'};

export interface CurveShape {
  readonly epochs: number;
  /** Top-1 on the test images that the curve tends to. */
  readonly limit: number;
  readonly imagesPerSecond: number;
  readonly seed?: number;
}

/** A number in [−1, 1) that depends on its arguments only. */
function ripple(seed: number, epoch: number): number {
  const value = Math.sin(seed * 127.1 + epoch * 311.7) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

export function makeEpochs({epochs, limit, imagesPerSecond, seed = 1}: CurveShape): EpochMetrics[] {
  return Array.from({length: epochs}, (_, index) => {
    const epoch = index + 1;
    const progress = 1 - Math.exp((-3 * epoch) / Math.max(epochs, 6));
    const noise = 0.02 * ripple(seed, epoch) * limit;
    const testTop1 = Math.max(0.002, limit * progress + noise);
    return {
      epoch,
      learningRate: 0.05 * (1 + Math.cos((Math.PI * index) / epochs)),
      trainLoss: 4.6 * (1 - 1.15 * limit * progress),
      trainTop1: Math.min(1, testTop1 * (1 + 0.25 * progress)),
      testLoss: 4.6 * (1 - 0.85 * limit * progress) - noise,
      testTop1,
      testTop5: 1 - (1 - testTop1) ** 2.5,
      imagesPerSecond: imagesPerSecond * (1 + 0.03 * ripple(seed + 9, epoch)),
      trainSeconds: 41.2,
      testSeconds: 8.1,
    };
  });
}

/** A finished run on official CIFAR-100 unless told otherwise; without a curve it has no epochs. */
export function makeRun(options: Partial<RunSummary> = {}, curve?: CurveShape): RunSummary {
  const {operator = 'conv', architecture = 'resnet20', seed = 1} = options;
  const epochs = options.epochs ?? (curve ? makeEpochs({seed, ...curve}) : []);
  const last = epochs.at(-1);
  return {
    id: `cifar100-${architecture}-${operator}-seed${seed}`,
    status: 'finished',
    dataset: 'cifar100',
    trainData: CIFAR100,
    testData: CIFAR100,
    trainImages: 50_000,
    testImages: 10_000,
    splitSizes: {train: 50_000, test: 10_000},
    numClasses: 100,
    architecture,
    operator,
    backend: 'wasm',
    seed,
    parameters: 278_324,
    trainableParameters: 275_572,
    operations:
      operator === 'conv'
        ? {multiplications: 40_818_688, additions: 40_818_688}
        : {multiplications: 448_896, additions: 81_188_480},
    epochsPlanned: curve?.epochs ?? 10,
    startedAt: '2026-11-22T10:00:00.000Z',
    seconds: 495.3,
    ...(last
      ? {final: {top1: last.testTop1, top5: last.testTop5, loss: last.testLoss, imagesPerSecond: last.imagesPerSecond}}
      : {}),
    ...options,
    epochs,
  };
}

export function makeSummary(runs: readonly RunSummary[], options: Partial<ExperimentSummary> = {}): ExperimentSummary {
  return {
    name: 'cifar100',
    description: 'Convolution and adder in the same architecture, by the same recipe.',
    startedAt: '2026-11-22T10:00:00.000Z',
    seconds: runs.reduce((sum, {seconds}) => sum + seconds, 0),
    notes: [],
    config: {
      name: 'cifar100',
      datasets: ['cifar100'],
      architectures: [...new Set(runs.map(({architecture}) => architecture))],
      operators: [...new Set(runs.map(({operator}) => operator))],
      seeds: [...new Set(runs.map(({seed}) => seed))],
      recipe: {
        optimizer: 'sgd',
        learningRate: 0.1,
        momentum: 0.9,
        weightDecay: 5e-4,
        schedule: 'cosine',
        batchSize: 128,
      },
    },
    environment: {
      addernet: '0.1.0',
      commit: '0123456789abcdef0123456789abcdef01234567',
      node: 'v20.20.2',
      '@tensorflow/tfjs-core': '4.22.0',
      backend: 'wasm (SIMD)',
      cpu: 'fixture CPU @ 2.50GHz, 2 cores',
      platform: 'linux x64',
    },
    runs,
    ...options,
  };
}

const CONV: CurveShape = {epochs: 10, limit: 0.42, imagesPerSecond: 84};
const ADDER: CurveShape = {epochs: 10, limit: 0.38, imagesPerSecond: 71};

/** The smallest comparison: one seed each on official data. */
export function twins(): ExperimentSummary {
  return makeSummary([makeRun({}, CONV), makeRun({operator: 'adder'}, ADDER)]);
}

/** The same on the stand-in. */
export function syntheticTwins(): ExperimentSummary {
  const data = {trainData: STAND_IN, testData: STAND_IN, trainImages: 5000, testImages: 1000};
  return makeSummary([makeRun(data, CONV), makeRun({...data, operator: 'adder'}, ADDER)], {
    notes: ['resnet20 was replaced by tiny-cnn: only the cpu backend is there.'],
  });
}

/** Two architectures, three seeds, on a part of CIFAR-10 for training and all of it for test; one run failed, one was interrupted. */
export function seededOnPartialData(): ExperimentSummary {
  const data = {
    dataset: 'cifar10',
    trainData: PARTIAL_CIFAR10,
    testData: CIFAR10,
    trainImages: 10_000,
    numClasses: 10,
  };
  const runs = ['resnet20', 'vgg-small'].flatMap((architecture) =>
    ['conv', 'adder'].flatMap((operator) =>
      [1, 2, 3].map((seed) => {
        const shape = operator === 'conv' ? CONV : ADDER;
        const limit = shape.limit + (architecture === 'resnet20' ? 0.1 : 0.14) + 0.008 * seed;
        const curve = {
          epochs: 20,
          limit,
          imagesPerSecond: shape.imagesPerSecond / (architecture === 'resnet20' ? 1 : 6) + seed / 2,
        };
        const run = makeRun(
          {...data, id: `cifar10-${architecture}-${operator}-seed${seed}`, architecture, operator, seed},
          curve,
        );
        if (architecture === 'vgg-small' && operator === 'adder' && seed === 3) {
          return stopped(run, 7, {
            status: 'failed',
            error:
              'NonFiniteLossError: loss is NaN in epoch 8, batch 12; expected a finite number.\n    at train (trainer.ts:120:11)',
          });
        }
        return architecture === 'vgg-small' && operator === 'conv' && seed === 3
          ? stopped(run, 11, {status: 'interrupted'})
          : run;
      }),
    ),
  );
  return makeSummary(runs, {name: 'cifar10', description: ''});
}

/** The run as it would be had it stopped after so many epochs. */
function stopped(run: RunSummary, epochCount: number, options: Partial<RunSummary>): RunSummary {
  const epochs = run.epochs.slice(0, epochCount);
  const last = epochs.at(-1);
  return {
    ...run,
    epochs,
    final: last && {
      top1: last.testTop1,
      top5: last.testTop5,
      loss: last.testLoss,
      imagesPerSecond: last.imagesPerSecond,
    },
    ...options,
  };
}

/** Six operators, one of them diverging. */
export function manyOperators(): ExperimentSummary {
  const runs = ['conv', 'adder', 'shift', 'xnor', 'ternary', 'mitchell'].map((operator, index) =>
    makeRun({operator}, {epochs: 50, limit: 0.7 - 0.06 * index, imagesPerSecond: 90 - 9 * index}),
  );
  return makeSummary(
    runs.map((run) =>
      run.operator === 'xnor'
        ? {
            ...run,
            epochs: run.epochs.map((metrics) =>
              metrics.epoch === 3 ? {...metrics, trainLoss: 1e5, testLoss: NaN} : metrics,
            ),
          }
        : run,
    ),
  );
}

/** One epoch each. */
export function oneEpoch(): ExperimentSummary {
  return makeSummary([makeRun({}, {...CONV, epochs: 1}), makeRun({operator: 'adder'}, {...ADDER, epochs: 1})]);
}

/** Stopped before, in and right after the first epoch. */
export function nothingFinished(): ExperimentSummary {
  return makeSummary(
    [
      stopped(makeRun({}, CONV), 1, {status: 'interrupted'}),
      stopped(makeRun({operator: 'adder'}, ADDER), 0, {
        status: 'failed',
        error: 'MissingKernelError: adderConv2d has no kernel on webgl',
      }),
    ],
    {notes: ['Stopped by the user.']},
  );
}

/** Every name and text of the summary as long, or as hostile, as given. */
export function named(text: string): ExperimentSummary {
  const provenance: Provenance = {kind: 'synthetic', label: text, path: text};
  const names = {
    dataset: text,
    architecture: text,
    backend: text,
    trainData: provenance,
    testData: provenance,
  };
  const runs = [
    makeRun({...names, id: `${text}1`, operator: `${text}1`}, CONV),
    makeRun({...names, id: `${text}2`, operator: `${text}2`}, ADDER),
    makeRun({...names, id: `${text}3`, operator: `${text}3`, status: 'failed', error: text}),
  ];
  return makeSummary(runs, {
    name: text,
    description: text,
    startedAt: text,
    notes: [text],
    config: {[text]: text},
    environment: {[text]: text},
  });
}
