// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {
  type KernelBenchOptions,
  kernelTimes,
  type LayerBenchOptions,
  layerCallsOf,
  layerJobs,
} from './bench-kernels.js';
import type {BenchPart} from './parts.js';
import type {KernelTime} from './report.js';
import type {RoundOptions} from './rounds.js';
import type {LayerShape, ShapeSet} from './shapes/index.js';

export interface AwaitedRoundOptions extends RoundOptions {
  /** A sample has as many calls as take so long, so that steps of the clock and the waiting weigh little. Default 50. */
  readonly leastMilliseconds?: number;
  /** Called before each sample, with what is being timed. */
  readonly onSample?: (candidate: number, round: number | 'warm-up') => void;
}

const LEAST_MILLISECONDS = 50;

/** Browsers' clocks go in steps of a tenth of a millisecond and less. */
const CLOCK_MILLISECONDS = 0.1;

/**
 * Like `timeInRounds`, for backends that answer before the work is done, as GPUs do, and for clocks in coarse steps, as browsers' are: a sample is of many calls, and
 * ends when TF.js's backend has done all of them. On the clock.
 *
 * @returns each candidate's times of one call in milliseconds, by round
 */
export async function timeAwaitedInRounds(
  candidates: readonly (() => void)[],
  options: AwaitedRoundOptions,
): Promise<number[][]> {
  const {rounds, leastRounds = 3, budget = Infinity, leastMilliseconds = LEAST_MILLISECONDS, onSample} = options;
  const calls: number[] = [];
  for (const [index, candidate] of candidates.entries()) {
    onSample?.(index, 'warm-up');
    calls.push(Math.ceil(leastMilliseconds / Math.max(CLOCK_MILLISECONDS, await warmUp(candidate))));
  }
  const times: number[][] = candidates.map(() => []);
  const order = candidates.map((candidate, index) => ({candidate, index}));
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= leastRounds && performance.now() - start > budget) break;
    for (const {candidate, index} of order) {
      onSample?.(index, round);
      times[index].push(await millisecondsOf(candidate, calls[index]));
    }
    order.reverse();
  }
  return times;
}

/** The first call compiles shaders and takes memory for the first time; WebAssembly is optimised while it runs. */
const WARM_UP_CALLS = 3;
const WARM_UP_MILLISECONDS = 150;

/** @returns milliseconds of one call, the fastest of those in twice as many calls each time */
async function warmUp(candidate: () => void): Promise<number> {
  let fastest = Infinity;
  let spent = 0;
  for (let calls = 1, done = 0; done < WARM_UP_CALLS || spent < WARM_UP_MILLISECONDS; done += calls, calls *= 2) {
    const milliseconds = await millisecondsOf(candidate, calls);
    fastest = Math.min(fastest, milliseconds);
    spent += milliseconds * calls;
  }
  return fastest;
}

async function millisecondsOf(candidate: () => void, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) candidate();
  await backendIsIdle();
  return (performance.now() - start) / calls;
}

/** Elements of a tensor that no backend computes on the processor, as those of GPUs do with small ones. */
const LARGE = 8192;

/** Queues are worked off in order: what is read behind everything else is there when that has been done. */
async function backendIsIdle(): Promise<void> {
  const last = tf.tidy(() => tf.add(tf.zeros([LARGE]), 1));
  await last.data();
  last.dispose();
}

/** Times all kernels of a part on one layer, and TF.js's kernel with them, as `benchKernels` does, with `timeAwaitedInRounds`. */
export async function benchAwaitedLayer(
  part: BenchPart,
  set: ShapeSet,
  layer: LayerShape,
  options: LayerBenchOptions & AwaitedRoundOptions,
): Promise<KernelTime[]> {
  const {calls, batch} = layerCallsOf(part, set, layer, options);
  try {
    const candidates = [...calls.kernels, calls.baseline].map(({run}) => run);
    return kernelTimes({part, set, layer, batch, calls}, await timeAwaitedInRounds(candidates, options));
  } finally {
    calls.dispose();
  }
}

/** How one layer is timed, if not by `benchKernels` itself: `benchAwaitedLayer`, or what has a page of a browser call it. */
export type BenchLayer = (
  part: BenchPart,
  set: ShapeSet,
  layer: LayerShape,
  options: LayerBenchOptions & RoundOptions,
) => Promise<readonly KernelTime[]>;

/** Like `benchKernels`, layer by layer with `benchLayer`, for backends whose work has to be waited for. */
export async function benchAwaitedKernels(
  options: KernelBenchOptions,
  benchLayer: BenchLayer = benchAwaitedLayer,
): Promise<KernelTime[]> {
  const times: KernelTime[] = [];
  for (const {part, set, layer, begin, end} of layerJobs(options)) {
    begin();
    times.push(...end(await benchLayer(part, set, layer, options)));
  }
  return times;
}
