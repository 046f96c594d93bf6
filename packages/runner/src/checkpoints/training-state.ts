// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics} from '@addernet/plugin';
import {z} from 'zod';
import type {ScoreSums} from '../training/score.js';

/** What was trained, by name. */
export const identitySchema = z.record(z.string(), z.string());

export const metricsSchema = z.strictObject({
  epoch: z.int().min(1),
  learningRate: z.number(),
  trainLoss: z.number(),
  trainTop1: z.number(),
  testLoss: z.number(),
  testTop1: z.number(),
  testTop5: z.number(),
  imagesPerSecond: z.number(),
  trainSeconds: z.number(),
  testSeconds: z.number(),
}) satisfies z.ZodType<EpochMetrics>;

/** What a checkpoint says besides its tensors. */
export const trainingStateSchema = z.strictObject({
  epoch: z.int().min(1),
  step: z.int().min(0),
  score: z.strictObject({
    images: z.int().min(0),
    lossSum: z.number(),
    top1Count: z.int().min(0),
    top5Count: z.int().min(0),
  }),
  epochSeconds: z.number().min(0),
  seconds: z.number().min(0),
  metrics: z.array(metricsSchema).readonly(),
});

/**
 * Where a training run is, between two steps. Order and augmentation of the images are functions of (seed, epoch, image) and the learning rate
 * one of the position, so that these numbers, the weights and the optimizer's slots are all that the rest of the run depends on.
 */
export interface TrainingState {
  /** The epoch under way, 1 = the first; one more than the number of epochs at the end. */
  readonly epoch: number;
  /** Steps done in it. */
  readonly step: number;
  /** Sums over the images of this epoch's steps so far. */
  readonly score: ScoreSums;
  /** Training time of this epoch so far. */
  readonly epochSeconds: number;
  /** Time of the whole run so far, its earlier processes' included. */
  readonly seconds: number;
  /** Of the finished epochs. */
  readonly metrics: readonly EpochMetrics[];
}
