// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, describeValue} from '@addernet/core';
import type {BatchOptions, Normalization} from '@addernet/plugin';

type ImageShape = readonly [number, number, number];

/** @throws ArgumentError naming the option, what it is and what it may be. */
export function validateBatchOptions(options: BatchOptions, imageShape: ImageShape): void {
  const {shuffle, augmentation, normalization} = options;
  requireInteger('batchSize', options.batchSize, 1);
  if (options.startBatch !== undefined) requireInteger('startBatch', options.startBatch, 0);
  if (shuffle !== undefined) {
    if (!Number.isSafeInteger(shuffle.seed)) fail('shuffle.seed', shuffle.seed, 'an integer');
    requireInteger('shuffle.epoch', shuffle.epoch, 0);
  }
  const padCrop = augmentation?.padCrop ?? 0;
  requireInteger('augmentation.padCrop', padCrop, 0);
  if (
    shuffle === undefined &&
    (padCrop > 0 || augmentation?.randomResizedCrop !== undefined || augmentation?.horizontalFlip === true)
  ) {
    throw new ArgumentError(
      'batches: augmentation is given without shuffle; its random numbers come from shuffle.seed and shuffle.epoch',
    );
  }
  if (normalization !== undefined) validateNormalization(normalization, imageShape[2]);
}

function validateNormalization({mean, std}: Normalization, channels: number): void {
  if (mean.length !== channels || std.length !== channels) {
    const given = `${mean.length} means and ${std.length} standard deviations`;
    throw new ArgumentError(`batches: normalization has ${given}; the images have ${channels} channels`);
  }
  if (!mean.every(Number.isFinite)) fail('normalization.mean', mean, 'finite numbers');
  if (!std.every((value) => Number.isFinite(value) && value > 0)) fail('normalization.std', std, 'numbers above 0');
}

/** @throws ArgumentError unless `value` is an integer of at least `minimum`. */
export function requireInteger(name: string, value: number, minimum: number, operation = 'batches'): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    fail(name, value, `an integer of at least ${minimum}`, operation);
  }
}

function fail(name: string, value: unknown, expected: string, operation = 'batches'): never {
  throw new ArgumentError(`${operation}: ${name} is ${describeValue(value)}; expected ${expected}`);
}
