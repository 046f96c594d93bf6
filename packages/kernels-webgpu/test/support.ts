// SPDX-License-Identifier: Apache-2.0
import type {WebGPUProgram} from '@tensorflow/tfjs-backend-webgpu';
import type * as tf from '@tensorflow/tfjs-core';

/** A shader as it would have been run. */
export interface Dispatch {
  readonly program: WebGPUProgram;
  readonly inputs: readonly tf.TensorInfo[];
  readonly uniforms: readonly {readonly type: string; readonly data: readonly number[]}[];
}

/** Stands in for TF.js's webgpu backend where there is no WebGPU: notes what is run and disposed. */
export class NotingBackend {
  readonly dispatches: Dispatch[] = [];
  readonly living = new Set<object>();
  /** The dispatch that fails, counted from 1. */
  failingDispatch = Infinity;
  loseDevice: (info: {reason: string; message: string}) => void = () => undefined;
  readonly device: {limits: Record<string, number>; lost: Promise<{reason: string; message: string}>};

  constructor(limits: Readonly<Record<string, number>> = {}) {
    this.device = {
      limits: {
        maxBufferSize: 2 ** 28,
        maxStorageBufferBindingSize: 2 ** 27,
        maxComputeWorkgroupsPerDimension: 65535,
        ...limits,
      },
      lost: new Promise((resolve) => {
        this.loseDevice = resolve;
      }),
    };
  }

  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: Float32Array): tf.TensorInfo & {values?: Float32Array} {
    const dataId = {};
    this.living.add(dataId);
    return {shape, dtype, dataId, ...(values === undefined ? {} : {values})};
  }

  disposeData(dataId: object): boolean {
    if (!this.living.delete(dataId)) throw new Error('disposed twice');
    return true;
  }

  runWebGPUProgram(
    program: WebGPUProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: {type: string; data: number[]}[],
  ): tf.TensorInfo {
    this.dispatches.push({program, inputs, uniforms});
    if (this.dispatches.length === this.failingDispatch) throw new Error('the dispatch fails');
    return this.makeTensorInfo(program.outputShape, dtype);
  }
}
