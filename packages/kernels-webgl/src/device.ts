// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {env, findBackend} from '@tensorflow/tfjs-core';
import {BACKEND_NAME, isWebglBackend, type WebglBackend} from './backend.js';
import {WebglCapabilityError, WebglContextLostError} from './errors.js';

/** Longest side of a texture, in texels. */
export function maxTextureSize(): number {
  return env().getNumber('WEBGL_MAX_TEXTURE_SIZE');
}

/**
 * @throws WebglCapabilityError without WebGL 2
 * @throws WebglContextLostError when the browser has taken the context away
 */
export function requireWorkingContext(kernelName: string, backend: WebglBackend): void {
  const version = env().getNumber('WEBGL_VERSION');
  if (version < 2) {
    throw new WebglCapabilityError(
      `${kernelName}: backend 'webgl' runs on WebGL ${version} here, and its kernels need WebGL 2; ` +
        "update the browser, or use the backend 'wasm' (@addernet/kernels-wasm)",
    );
  }
  if (backend.getGPGPUContext().gl.isContextLost()) throw contextLost(`${kernelName}: `);
}

/**
 * The loss of the context of TF.js's backend 'webgl', whenever it comes. What waits for a tensor's values then waits for ever, because TF.js looks for a sign that the GPU
 * no longer gives; a page races its work against this promise, once for all: `await Promise.race([train(), contextLoss()])`.
 *
 * @returns rejects with WebglContextLostError once the context is lost; never resolves
 * @throws AddernetError (the promise rejects) where the backend 'webgl' is not TF.js's, or is not there
 */
export async function contextLoss(): Promise<never> {
  const backend: unknown = findBackend(BACKEND_NAME);
  if (!isWebglBackend(backend)) {
    throw new AddernetError(
      'ADDERNET_BACKEND',
      "contextLoss: there is no backend 'webgl' of TF.js; await tf.setBackend('webgl') first",
    );
  }
  const {gl} = backend.getGPGPUContext();
  if (!gl.isContextLost()) {
    await new Promise<void>((resolve) => {
      gl.canvas.addEventListener('webglcontextlost', () => resolve(), {once: true});
    });
  }
  throw contextLost('');
}

function contextLost(prefix: string): WebglContextLostError {
  return new WebglContextLostError(
    `${prefix}backend 'webgl' has lost its WebGL context, and all tensors on it; the GPU was reset, is out of memory, or is used by too ` +
      "many pages. Reload the page, with smaller batches or fewer pages, or start another backend: await tf.setBackend('wasm')",
  );
}

/**
 * Training needs sums in float32: those of an adder lie near −2000, where float16 numbers are 1 apart, and gradients are differences of such.
 *
 * @throws WebglCapabilityError where textures hold float16
 */
export function requireFloat32(kernelName: string): void {
  if (env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return;
  const reason = env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')
    ? "it could hold float32: tf.env().set('WEBGL_FORCE_F16_TEXTURES', false) before the backend starts"
    : 'this device cannot render to float32 textures (WEBGL_RENDER_FLOAT32_CAPABLE is false)';
  throw new WebglCapabilityError(
    `${kernelName}: training needs float32, and backend 'webgl' computes in float16 here, in which the sums of adders are 1 apart; ${reason}. ` +
      "Inference works; to train, use the backend 'wasm' (@addernet/kernels-wasm)",
  );
}
