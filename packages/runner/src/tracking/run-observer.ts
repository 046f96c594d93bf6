// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, GradientsRecord, RunPosition, WeightsRecord} from '@addernet/plugin';
import {filterTiles, summarizeWeights, weightHistogram} from '@addernet/weight-statistics';
import type * as tf from '@tensorflow/tfjs-core';
import type {ExperimentConfig} from '../config/schema.js';
import type {LayerRecordFile} from '../run-folder/layer-records.js';
import type {GradientNorm, ObservedStep, StepPosition, TrainingObserver} from '../training/observer.js';
import type {FilterTensor} from './filter-layers.js';
import type {RunTrackers} from './run-trackers.js';

/** Gradients are measured in the first steps of a run, where the paper compares them, and in the last one of each epoch. */
const FIRST_STEPS = 5;
/** Pixels along a weight's edge in pictures of filters. */
const PICTURE_SCALE = 8;
const DIGITS = 6;

export interface RunObserverOptions {
  readonly layers: readonly FilterTensor[];
  readonly records: LayerRecordFile;
  readonly trackers: RunTrackers;
  readonly config: Pick<ExperimentConfig, 'epochs' | 'tracking'>;
  /** Where the run goes on. */
  readonly resumed?: RunPosition;
}

/** Takes down a run's figures and what its layers are like: into layers.jsonl, and to the trackers. */
export class RunObserver implements TrainingObserver {
  readonly #variables: readonly tf.Variable[];
  readonly #byVariable: ReadonlyMap<tf.Variable, FilterTensor>;

  #step: number;

  constructor(private readonly options: RunObserverOptions) {
    this.#step = options.resumed?.step ?? 0;
    this.#variables = options.layers.map(({variable}) => variable);
    this.#byVariable = new Map(options.layers.map((layer) => [layer.variable, layer]));
  }

  /** Steps done in the whole run. */
  get step(): number {
    return this.#step;
  }

  /** The weights before the first step of a run. */
  async onBegin(): Promise<void> {
    await this.#recordWeights(0, 0);
    await this.options.trackers.flush();
  }

  gradientsOf({step, steps, totalSteps}: StepPosition): readonly tf.Variable[] {
    return totalSteps <= FIRST_STEPS || step === steps ? this.#variables : [];
  }

  async onStep(observed: ObservedStep): Promise<void> {
    const {trackers, config} = this.options;
    const {step, steps, totalSteps} = observed;
    this.#step = totalSteps;
    if (observed.gradients.length > 0) await this.#recordGradients(observed);
    if (!trackers.active) return;
    if (totalSteps === 1 || totalSteps % config.tracking.steps === 0 || step === steps) {
      const {loss, top1, learningRate, imagesPerSecond} = observed;
      trackers.record({
        kind: 'scalars',
        step: totalSteps,
        time: Date.now(),
        values: {
          'train/loss': loss,
          'train/top1': top1,
          'train/learningRate': learningRate,
          'train/imagesPerSecond': imagesPerSecond,
        },
      });
    }
    trackers.flushNowAndThen();
  }

  async onEpoch(metrics: EpochMetrics, totalSteps: number): Promise<void> {
    const {trackers, config} = this.options;
    const {epoch} = metrics;
    trackers.record({
      kind: 'scalars',
      step: totalSteps,
      epoch,
      time: Date.now(),
      values: {
        'epoch/trainLoss': metrics.trainLoss,
        'epoch/trainTop1': metrics.trainTop1,
        'epoch/imagesPerSecond': metrics.imagesPerSecond,
        'test/loss': metrics.testLoss,
        'test/top1': metrics.testTop1,
        'test/top5': metrics.testTop5,
      },
    });
    if (epoch % config.tracking.epochs === 0 || epoch === config.epochs) await this.#recordWeights(epoch, totalSteps);
  }

  async #recordGradients({epoch, totalSteps: step, gradients}: ObservedStep): Promise<void> {
    const {records, trackers} = this.options;
    const described = gradients.flatMap(({variable, norm, adaptedNorm}: GradientNorm) => {
      const layer = this.#byVariable.get(variable);
      return layer === undefined ? [] : [{...layer.description, norm, adaptedNorm}];
    });
    const record: GradientsRecord = {kind: 'gradients', epoch, step, layers: described};
    await records.append(record);
    if (!trackers.active) return;
    trackers.record({
      kind: 'scalars',
      step,
      time: Date.now(),
      values: Object.fromEntries(
        described.flatMap(({layer, norm, adaptedNorm}) => [
          [`gradients/${layer}/norm`, norm],
          [`gradients/${layer}/adaptedNorm`, adaptedNorm],
        ]),
      ),
    });
  }

  async #recordWeights(epoch: number, step: number): Promise<void> {
    const {layers, records, trackers} = this.options;
    const first = layers.find(({description: {shape}}) => shape.length === 4) ?? layers[0];
    const described: WeightsRecord['layers'][number][] = [];
    for (const {description, variable} of layers) {
      const values = await variable.data();
      const summary = summarizeWeights(values);
      const histogram = weightHistogram(values);
      described.push({...description, summary, histogram});
      const {count, mean, standardDeviation} = summary;
      trackers.record({
        kind: 'histogram',
        name: `weights/${description.layer}`,
        step,
        epoch,
        time: Date.now(),
        histogram,
        sum: mean * count,
        sumOfSquares: (standardDeviation ** 2 + mean ** 2) * count,
      });
    }
    await records.append({kind: 'weights', epoch, step, layers: described});
    if (first === undefined || first.description.shape.length !== 4) return;
    const values = await first.variable.data();
    await records.append({
      kind: 'filters',
      epoch,
      step,
      filters: {
        ...first.description,
        values: Array.from(values, (value) => (Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null)),
      },
    });
    if (!trackers.active) return;
    trackers.record({
      kind: 'image',
      name: `filters/${first.description.layer}`,
      step,
      epoch,
      time: Date.now(),
      ...filterTiles(values, first.description.shape, {scale: PICTURE_SCALE}),
    });
  }
}
