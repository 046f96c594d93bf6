// SPDX-License-Identifier: Apache-2.0
import type {
  Architecture,
  BackendProvider,
  Batch,
  BatchOptions,
  DatasetAdapter,
  ExperimentSummary,
  InMemorySplit,
  LoadOptions,
  Operator,
  Provenance,
  Reporter,
  SplitName,
  Tracker,
} from '@addernet/plugin';
import {tokens} from '@addernet/plugin';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {type Container, ContainerModule} from 'inversify';
import {createContainer, defineExperiment, type ExperimentDefinition} from '../src/index.js';

tf.enableProdMode();

/** Small deterministic generator (mulberry32), in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

const SHAPE = [4, 4, 3] as const;
const PIXELS = 4 * 4 * 3;
export const CLASSES = 6;

/** Every class has its own random picture; samples are that picture with noise, so the classes can be told apart. */
export class FakeSplit implements InMemorySplit {
  readonly imageShape = SHAPE;
  readonly numClasses = CLASSES;
  readonly classNames = Array.from({length: CLASSES}, (_, index) => `class ${index}`);
  /** Arguments of every call of `batches`. */
  readonly calls: BatchOptions[] = [];

  constructor(
    readonly name: SplitName,
    readonly pixels: Uint8Array,
    readonly labels: Uint8Array,
    readonly provenance: Provenance,
  ) {}

  static make(name: SplitName, size: number, provenance: Provenance): FakeSplit {
    const picture = generator(1);
    const pictures = Float32Array.from({length: CLASSES * PIXELS}, () => 60 + 130 * picture());
    const noise = generator(name === 'train' ? 2 : 3);
    const labels = Uint8Array.from({length: size}, (_, index) => index % CLASSES);
    const pixels = Uint8Array.from({length: size * PIXELS}, (_, index) => {
      const label = labels[Math.floor(index / PIXELS)] ?? 0;
      return Math.max(0, Math.min(255, (pictures[label * PIXELS + (index % PIXELS)] ?? 0) + 60 * (noise() - 0.5)));
    });
    return new FakeSplit(name, pixels, labels, provenance);
  }

  get size(): number {
    return this.labels.length;
  }

  batchCount({batchSize, dropRemainder = false}: Pick<BatchOptions, 'batchSize' | 'dropRemainder'>): number {
    return dropRemainder ? Math.floor(this.size / batchSize) : Math.ceil(this.size / batchSize);
  }

  image(index: number): Promise<Uint8Array> {
    return Promise.resolve(this.pixels.subarray(index * PIXELS, (index + 1) * PIXELS));
  }

  *batches(options: BatchOptions): Iterable<Batch> {
    this.calls.push(options);
    const order = Array.from({length: this.size}, (_, index) => index);
    if (options.shuffle !== undefined) {
      const random = generator(options.shuffle.seed * 7919 + options.shuffle.epoch);
      for (let index = order.length - 1; index > 0; index--) {
        const other = Math.floor(random() * (index + 1));
        [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
      }
    }
    const {mean, std} = options.normalization ?? {mean: [0, 0, 0], std: [1, 1, 1]};
    const count = this.batchCount(options);
    for (let batch = options.startBatch ?? 0; batch < count; batch++) {
      const indices = Int32Array.from(order.slice(batch * options.batchSize, (batch + 1) * options.batchSize));
      const images = new Float32Array(indices.length * PIXELS);
      indices.forEach((sample, row) => {
        for (let pixel = 0; pixel < PIXELS; pixel++) {
          const value = (this.pixels[sample * PIXELS + pixel] ?? 0) / 255;
          images[row * PIXELS + pixel] = (value - (mean[pixel % 3] ?? 0)) / (std[pixel % 3] ?? 1);
        }
      });
      const labels = Int32Array.from(indices, (sample) => this.labels[sample] ?? 0);
      yield {indices, images, labels, size: indices.length};
    }
  }

  balancedSubset(size: number): FakeSplit {
    return new FakeSplit(this.name, this.pixels.slice(0, size * PIXELS), this.labels.slice(0, size), this.provenance);
  }
}

export interface FakeDataset extends DatasetAdapter {
  readonly loads: {readonly split: SplitName; readonly options: LoadOptions}[];
  readonly splits: Readonly<Record<SplitName, FakeSplit>>;
}

export function fakeDataset(
  name = 'pictures',
  provenance: Provenance = {kind: 'official', label: 'Pictures'},
  sizes = {train: 96, test: 36},
): FakeDataset {
  const splits = {
    train: FakeSplit.make('train', sizes.train, provenance),
    test: FakeSplit.make('test', sizes.test, provenance),
  };
  const loads: {split: SplitName; options: LoadOptions}[] = [];
  return {
    name,
    title: 'Pictures',
    description: 'generated for tests',
    imageShape: SHAPE,
    numClasses: CLASSES,
    splitSizes: sizes,
    normalization: {mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]},
    augmentation: {horizontalFlip: true},
    loads,
    splits,
    load(split, options) {
      loads.push({split, options});
      return Promise.resolve(splits[split]);
    },
    status: () => Promise.resolve({available: 'official', detail: 'generated'}),
  };
}

/** Seeds a layer from the model's seed and its own name. */
function seedOf(seed: number, name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, seed + 1);
}

export function fakeOperator(name: string, activation: 'relu' | 'tanh' = 'relu'): Operator {
  return {
    name,
    description: `TF.js's convolution with ${activation}`,
    conv2d: (request) =>
      tfl.layers.conv2d({
        name: request.name,
        filters: request.filters,
        kernelSize: typeof request.kernelSize === 'number' ? request.kernelSize : [...request.kernelSize],
        padding: 'same',
        activation,
        useBias: request.useBias ?? true,
        kernelInitializer: tfl.initializers.heNormal({seed: seedOf(request.seed, request.name)}),
      }),
    dense: (request) =>
      tfl.layers.dense({
        name: request.name,
        units: request.units,
        kernelInitializer: tfl.initializers.heNormal({seed: seedOf(request.seed, request.name)}),
      }),
    layerClassNames: [],
    operationsPerTap: {multiplications: 1, additions: 1},
    energyPerTap: {float32: 4.6, int8: 0.23, source: 'test'},
  };
}

export const small: Architecture = {
  name: 'small',
  description: 'one convolution, batch normalisation, one dense layer',
  source: 'test',
  build: ({operator, numClasses, inputShape, seed}) =>
    tfl.sequential({
      name: 'small',
      layers: [
        tfl.layers.inputLayer({inputShape: [...inputShape]}),
        operator.conv2d({name: 'conv1', filters: 6, kernelSize: 3, seed}),
        tfl.layers.batchNormalization({name: 'bn1'}),
        tfl.layers.flatten({name: 'flatten'}),
        operator.dense({name: 'head', units: numClasses, seed}),
      ],
    }),
};

export function cpuBackend(overrides: Partial<BackendProvider> = {}): BackendProvider {
  return {
    name: 'cpu',
    description: "TF.js's cpu backend",
    speed: 'fast',
    priority: 1,
    unavailableReason: () => Promise.resolve(undefined),
    start: async () => {
      await tf.setBackend('cpu');
      await tf.ready();
    },
    details: () => Promise.resolve({threads: '1'}),
    ...overrides,
  };
}

export interface Bindings {
  readonly operators?: readonly Operator[];
  readonly architectures?: readonly Architecture[];
  readonly datasets?: readonly DatasetAdapter[];
  readonly backends?: readonly BackendProvider[];
  readonly reporters?: readonly Reporter[];
  readonly trackers?: readonly Tracker[];
}

const operators = [fakeOperator('plain'), fakeOperator('bent', 'tanh')];

const textReporter: Reporter = {
  name: 'text',
  fileName: 'report.txt',
  render: (summary: ExperimentSummary) =>
    Promise.resolve(summary.runs.map((run) => `${run.id} ${run.status} ${run.final?.top1 ?? '-'}`).join('\n')),
};

export function containerWith(bindings: Bindings = {}): Container {
  return createContainer([
    new ContainerModule(({bind}) => {
      for (const value of bindings.operators ?? operators) bind(tokens.operator).toConstantValue(value);
      for (const value of bindings.architectures ?? [small]) bind(tokens.architecture).toConstantValue(value);
      for (const value of bindings.datasets ?? [fakeDataset()]) bind(tokens.dataset).toConstantValue(value);
      for (const value of bindings.backends ?? [cpuBackend()]) bind(tokens.backend).toConstantValue(value);
      for (const value of bindings.trackers ?? []) bind(tokens.tracker).toConstantValue(value);
      for (const value of bindings.reporters ?? [textReporter]) bind(tokens.reporter).toConstantValue(value);
    }),
  ]);
}

export const experiment: ExperimentDefinition = defineExperiment({
  name: 'fake',
  description: 'plain against bent on pictures',
  config: {
    datasets: ['pictures'],
    architectures: ['small'],
    operators: ['plain', 'bent'],
    epochs: 2,
    batchSize: 16,
    evaluationBatchSize: 20,
    measureMachine: false,
    trackers: [],
    optimizer: {learningRate: 0.05},
  },
});
