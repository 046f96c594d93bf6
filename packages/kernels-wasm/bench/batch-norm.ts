// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {RESNET20_BATCH_NORMS} from './resnet20-layers.js';
import {median, speedUp, timeInRounds} from './rounds.js';

const EPSILON = 1e-5;

/** Batch-norm training with its gradient, against what TF.js offers for it: tf.moments and tf.batchNorm, differentiated. */
export function benchBatchNorm(batch: number, rounds: number): void {
  console.log(`\nBatch normalisation in training, forward and gradient, batch ${batch}`);
  console.log(`  ${'x'.padEnd(24)}${'ms'.padStart(17)}${'TF.js'.padStart(17)}`);
  for (const {size, channels} of RESNET20_BATCH_NORMS) {
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
      rounds,
    );
    tf.engine().endScope();
    const cells = [`${median(own).toFixed(2)} (${speedUp(own, base).toFixed(0)})`, median(base).toFixed(2)];
    console.log(`  ${`[${rows}, ${channels}]`.padEnd(24)}${cells.map((cell) => cell.padStart(17)).join('')}`);
  }
}
