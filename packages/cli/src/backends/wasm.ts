// SPDX-License-Identifier: Apache-2.0
import type {BackendProvider} from '@addernet/plugin';
import {errorText} from '@addernet/runner';
import type * as tfWasm from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

let loading: Promise<typeof tfWasm> | undefined;

/** Importing the package registers the backend with TF.js, so it is imported on demand only. */
const load = (): NonNullable<typeof loading> => (loading ??= import('@tensorflow/tfjs-backend-wasm'));

/**
 * TF.js's own wasm backend. It has no kernels of Addernet's, so the adder runs on the composed ones: right, but slow. Convolution's forward
 * pass is TF.js's.
 */
export const wasmBackend: BackendProvider = {
  name: 'wasm',
  description: "TF.js's WebAssembly backend; adder ops are composed of TF.js ops there (slow)",
  speed: 'slow',
  priority: 5,
  async unavailableReason() {
    if (typeof WebAssembly === 'undefined') return 'this JavaScript engine has no WebAssembly';
    try {
      await load();
      return undefined;
    } catch (error) {
      return `@tensorflow/tfjs-backend-wasm cannot be imported: ${errorText(error)}`;
    }
  },
  async start() {
    await load();
    if (!(await tf.setBackend('wasm'))) throw new Error('TF.js could not start its wasm backend');
    await tf.ready();
  },
  async details() {
    const wasm = await load();
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
    let threads = 1;
    try {
      threads = wasm.getThreadsCount();
    } catch {
      // Answers only where TF.js started its threaded build.
    }
    return {'tfjs-backend-wasm': wasm.version_wasm, simd: simd === true ? 'yes' : 'no', threads: String(threads)};
  },
};
