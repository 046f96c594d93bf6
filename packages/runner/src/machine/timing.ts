// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';

/** Work to be timed; its tensors are disposed of by the caller of it. */
export type Work = () => tf.Tensor;

/** Time of one call of a piece of work. */
export interface Sample {
  /** On the clock. */
  readonly seconds: number;
  /** Of all threads of this process. */
  readonly cpuSeconds: number;
  /** Calls that the sample is the mean of. */
  readonly calls: number;
}

/**
 * Makes `calls` calls and waits until the last has been computed: backends with a queue of their own (GPUs) answer before the work is
 * done, but one after the other, so that a single element of the last result is enough to wait for. That costs something once per sample.
 */
export async function sampleOf(work: Work, calls: number): Promise<Sample> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let call = 1; call < calls; call++) work().dispose();
  const last = work();
  if (isAsynchronous()) {
    const element = tf.tidy(() => tf.slice(tf.reshape(last, [-1]), 0, 1));
    await element.data();
    element.dispose();
  }
  const seconds = (performance.now() - start) / 1000;
  const {user, system} = process.cpuUsage(cpu);
  last.dispose();
  return {seconds: seconds / calls, cpuSeconds: (user + system) / 1e6 / calls, calls};
}

/** cpu and wasm have computed when a call returns; of others that is not known. */
const isAsynchronous = (): boolean => !['cpu', 'wasm'].includes(tf.getBackend());

/** Calls before the clock counts: engines compile on the way, memory is taken for the first time. */
const WARM_UP_CALLS = 3;
const WARM_UP_SECONDS = 0.3;

/**
 * Warms a piece of work up.
 *
 * @param seconds least time of a sample
 * @returns how many calls a sample needs to last that long, at least 1
 */
export async function warmUp(work: Work, seconds: number): Promise<number> {
  let spent = 0;
  let fastest = Infinity;
  for (let call = 0; call < WARM_UP_CALLS && spent < WARM_UP_SECONDS; call++) {
    const sample = await sampleOf(work, 1);
    spent += sample.seconds;
    fastest = Math.min(fastest, sample.seconds);
  }
  return Math.max(1, Math.ceil(seconds / Math.max(fastest, 1e-6)));
}
