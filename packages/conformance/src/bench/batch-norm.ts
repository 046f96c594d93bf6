// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {BatchNormTime} from './report.js';
import {median, type RoundOptions, timeInRounds, timeRatio} from './rounds.js';

const EPSILON = 1e-5;

/** ResNet-20's batch normalisations: of size × size pixels an image. */
const SHAPES = [
  {size: 32, channels: 16},
  {size: 16, channels: 32},
  {size: 8, channels: 64},
];

/**
 * Batch-norm training with its gradient, against what TF.js offers for it: tf.moments and tf.batchNorm, differentiated. TF.js's gradients must be registered
 * (`import '@tensorflow/tfjs-layers'`).
 */
export function benchBatchNorm(batch: number, options: RoundOptions): BatchNormTime[] {
  return SHAPES.map(({size, channels}) => {
    tf.engine().startScope();
    const rows = batch * size * size;
    const x = tf.randomNormal([rows, channels], -100, 10, 'float32', 1);
    const dy = tf.randomNormal([rows, channels], 0, 1, 'float32', 2);
    const scale = tf.ones([channels]);
    const offset = tf.zeros([channels]);
    const kernels = (): void => {
      const outputs = tf.engine().runKernel('BatchNormTraining', {x, scale, offset}, {epsilon: EPSILON});
      const [, mean, variance] = Array.isArray(outputs) ? outputs : [outputs];
      tf.engine().runKernel('BatchNormTrainingGrad', {dy, x, mean, variance, scale}, {epsilon: EPSILON});
    };
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => {
      const {mean, variance} = tf.moments(a, 0);
      return tf.batchNorm(a, mean, variance, c, b, EPSILON);
    });
    const composed = (): void => void gradients([x, scale, offset], dy);
    const [own, base] = timeInRounds(
      [kernels, composed].map((run) => () => void tf.tidy(run)),
      options,
    );
    tf.engine().endScope();
    return {
      ...{rows, channels, milliseconds: median(own), rounds: own.length, baselineMilliseconds: median(base)},
      ...timeRatio(own, base),
    };
  });
}
