// SPDX-License-Identifier: Apache-2.0
import type {ImageSplit, Normalization} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {EvaluationRecorder} from '../evaluation/recorder.js';
import {applyModel} from './logits.js';
import {pause, secondsSince} from './pause.js';
import {Score} from './score.js';

export interface EvaluateSplitOptions {
  readonly batchSize: number;
  readonly normalization?: Normalization;
  /** Only the first `limit` images, in stored order. Default: all. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Gets every image's logits. */
  readonly recorder?: Pick<EvaluationRecorder, 'add'>;
  readonly onStep?: (progress: {
    readonly step: number;
    readonly steps: number;
    readonly imagesPerSecond: number;
  }) => void;
}

/** How well a model does on a split. */
export interface SplitScore {
  /** Fractions. */
  readonly top1: number;
  readonly top5: number;
  /** Mean cross-entropy in nats; not finite where the model's logits are not. */
  readonly loss: number;
  readonly images: number;
  readonly seconds: number;
}

/**
 * Runs a model over a split in stored order, with running statistics and without augmentation.
 *
 * @throws InterruptedError between two batches
 */
export async function evaluateSplit(
  model: LayersModel,
  split: ImageSplit,
  options: EvaluateSplitOptions,
): Promise<SplitScore> {
  const {batchSize, normalization, signal, onStep} = options;
  const limit = Math.min(options.limit ?? split.size, split.size);
  const steps = Math.ceil(limit / batchSize);
  const [height, width, channels] = split.imageShape;
  const score = new Score();
  const start = secondsSince(0);
  let step = 0;
  for await (const batch of split.batches({batchSize, ...(normalization === undefined ? {} : {normalization})})) {
    if (score.images >= limit) break;
    // Before the work, so that a split that is done counts although the signal came during its last batch.
    await pause(signal);
    const size = Math.min(batch.size, limit - score.images);
    const pixels = batch.images.subarray(0, size * height * width * channels);
    const logits = tf.tidy(() =>
      applyModel(model, tf.tensor4d(pixels, [size, height, width, channels]), split.numClasses, false),
    );
    try {
      const values = await logits.data();
      score.add(values, batch.labels, split.numClasses, size);
      options.recorder?.add(values, batch.labels, size);
    } finally {
      logits.dispose();
    }
    step++;
    onStep?.({step, steps, imagesPerSecond: score.images / secondsSince(start)});
  }
  return {
    top1: score.top1,
    top5: score.top5,
    loss: score.loss,
    images: score.images,
    seconds: secondsSince(start),
  };
}
