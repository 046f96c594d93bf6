// SPDX-License-Identifier: Apache-2.0
import type {MathBackendWebGL} from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';

/** What a backend runs on in this browser. */
export type Environment = Readonly<Record<string, string | number | boolean>>;

/** The started backend's environment: SIMD level and threads, or renderer and its abilities. */
export async function describeEnvironment(backend: string): Promise<Environment> {
  const common = {
    backend: tf.getBackend(),
    tfjs: tf.version_core,
    isolated: globalThis.crossOriginIsolated,
    cores: navigator.hardwareConcurrency,
  };
  switch (backend) {
    case 'wasm':
      return {...common, ...(await describeWasm())};
    case 'webgl':
      return {...common, ...describeWebgl()};
    case 'webgpu':
      return {...common, ...(await describeWebgpu())};
    default:
      return common;
  }
}

async function describeWasm(): Promise<Environment> {
  const {getThreadsCount} = await import('@tensorflow/tfjs-backend-wasm');
  const {wasm} = Object(tf.backend());
  const memory: unknown = wasm?.wasmMemory ?? wasm?.asm?.memory;
  return {
    simd: (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true,
    threads: getThreadsCount(),
    memory: memory instanceof WebAssembly.Memory ? (isShared(memory) ? 'shared' : 'unshared') : 'hidden',
  };
}

const isShared = ({buffer}: WebAssembly.Memory) =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

/** Of the context that TF.js computes in. */
function describeWebgl(): Environment {
  const {gl} = (tf.backend() as MathBackendWebGL).getGPGPUContext();
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return {
    renderer: String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER)),
    webgl: tf.env().getNumber('WEBGL_VERSION'),
    float32Textures: tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE'),
    maxTextureSize: tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE'),
  };
}

async function describeWebgpu(): Promise<Environment> {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) return {adapter: 'none'};
  const {vendor, architecture, device, description} = adapter.info;
  return {adapter: [vendor, architecture, device, description].filter((text) => text !== '').join(' ')};
}
