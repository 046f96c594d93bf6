// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-webgl';
import type {GPGPUProgram} from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';

/** A shader as it would have been run. */
export interface Draw {
  readonly program: GPGPUProgram;
  readonly inputs: readonly tf.TensorInfo[];
  readonly uniforms: readonly (readonly number[])[];
  readonly textureShape: readonly [number, number] | undefined;
}

/** Stands in for TF.js's webgl backend where there is no WebGL: notes what is drawn and disposed. */
export class NotingBackend {
  readonly draws: Draw[] = [];
  readonly living = new Set<object>();
  contextLost = false;
  /** The draw that fails, counted from 1. */
  failingDraw = Infinity;

  getGPGPUContext() {
    return {gl: {isContextLost: () => this.contextLost}};
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

  runWebGLProgram(
    program: GPGPUProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: number[][],
    _prevent?: boolean,
    textureShape?: [number, number],
  ): tf.TensorInfo {
    this.draws.push({program, inputs, uniforms, textureShape});
    if (this.draws.length === this.failingDraw) throw new Error('the draw fails');
    return this.makeTensorInfo(program.outputShape, dtype);
  }
}

/** As on a device with WebGL 2 and float32 textures. */
export function setDevice({version = 2, float32 = true, maxTextureSize = 8192} = {}): void {
  tf.env().set('WEBGL_VERSION', version);
  tf.env().set('WEBGL_RENDER_FLOAT32_CAPABLE', float32);
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', float32);
  tf.env().set('WEBGL_MAX_TEXTURE_SIZE', maxTextureSize);
}
