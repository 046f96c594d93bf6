// SPDX-License-Identifier: Apache-2.0
import type {PartName} from './parts.js';

/** What a bench writes as JSON. All times are in milliseconds; every ratio is a time divided by another's of the same run, so below 1 is faster. */
export interface BenchReport {
  readonly schema: 'addernet-bench/1';
  /** ISO 8601. */
  readonly date: string;
  /** Of the checkout that the bench ran in; '+' behind it stands for changes that are not committed. Absent outside of one. */
  readonly commit?: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly platform: string;
    /** Processes that wanted to run, averaged over the minute before. */
    readonly load: number;
  };
  /** Of Node, TensorFlow.js and the packages that the bench names. */
  readonly versions: Readonly<Record<string, string>>;
  /** TF.js's name of the backend, and what its provider says about it. */
  readonly backend: Readonly<Record<string, string>> & {readonly name: string};
  /** 'cpu': the process's CPU time; 'wall': time on the clock. */
  readonly clock: 'cpu' | 'wall';
  readonly kernels: readonly KernelTime[];
  readonly means: readonly KernelMean[];
  readonly batchNorm: readonly BatchNormTime[];
  readonly replacements: readonly ReplacementTime[];
  readonly models: readonly ModelTime[];
  readonly memory: readonly ModelMemory[];
}

/** One kernel on one layer shape. */
export interface KernelTime extends Timed {
  readonly part: PartName;
  readonly shapes: string;
  readonly layer: string;
  readonly batch: number;
  readonly kernel: string;
  /** Billions of taps per second: elements of the filter at output positions. */
  readonly gigaTaps: number;
  /** TF.js's kernel. */
  readonly baseline: string;
  readonly baselineMilliseconds: number;
  /** The convolution of the same package, by time / its time: what a multiply-add costs in the same structure. Absent for the convolution itself. */
  readonly toConv?: number;
}

/** A median over `rounds` interleaved rounds, and the median over the rounds of time / the baseline's time. */
export interface Timed {
  readonly milliseconds: number;
  readonly rounds: number;
  readonly ratio: number;
  /** Lower and upper quartile of the ratio over the rounds. */
  readonly spread: readonly [number, number];
}

/** Geometric mean of a kernel's ratios over the shapes of a set, or over all that are not depthwise (`shapes: 'all'`). */
export interface KernelMean {
  readonly part: PartName;
  readonly shapes: string;
  readonly kernel: string;
  readonly baseline: string;
  readonly layers: number;
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  readonly toConv?: number;
}

/** Forward and gradient in training, against tf.moments and tf.batchNorm with theirs. */
export interface BatchNormTime extends Timed {
  readonly rows: number;
  readonly channels: number;
  readonly baselineMilliseconds: number;
}

/** A kernel in the place of one of TF.js's, against that. */
export interface ReplacementTime extends Timed {
  /** What is computed, with its shapes. */
  readonly what: string;
  readonly baselineMilliseconds: number;
}

/** A whole model; the baseline of `ratio` is the convolutional twin. */
export interface ModelTime extends Timed {
  readonly model: string;
  readonly operator: string;
  /** 'fused inference': of the model's inference form (`fuseForInference` of @addernet/nn). */
  readonly part: 'inference' | 'fused inference' | 'training step';
  readonly batch: number;
  /** Of 'fused inference': its time over that of 'inference', in the same rounds. */
  readonly toUnfused?: number;
  readonly imagesPerSecond: number;
}

/** Memory of training steps. */
export interface ModelMemory {
  readonly model: string;
  readonly operator: string;
  readonly batch: number;
  readonly steps: number;
  /** Most bytes of tensors at any time in a step, by TF.js's count: values that several tensors share count several times. */
  readonly peakTensorBytes: number;
  /** Most bytes of the backend's allocator that tensors and scratch memory took, where it has one. */
  readonly peakAllocatedBytes?: number;
  /** Of the backend's memory behind the first step, which has been its peak, and behind the last: where the backend has a memory of its own. */
  readonly heapBytesFirst?: number;
  readonly heapBytesLast?: number;
  readonly tensorsFirst: number;
  readonly tensorsLast: number;
}
