// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {Choice} from '../protocol.js';

/** Where TF.js finds its wasm files, whatever name the bundler gave them. */
const WASM_PATHS = {
  'tfjs-backend-wasm.wasm': new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url).href,
  'tfjs-backend-wasm-simd.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ).href,
  'tfjs-backend-wasm-threaded-simd.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    import.meta.url,
  ).href,
};

interface Backend {
  readonly name: string;
  readonly title: string;
  unavailable(): string | undefined | Promise<string | undefined>;
  /** Makes it TF.js's backend. @returns what computes */
  start(): Promise<string>;
}

async function set(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new Error(`TensorFlow.js could not start its backend '${name}' in this browser; choose another one`);
  }
  await tf.ready();
}

const wasm: Backend = {
  name: 'wasm',
  title: 'wasm: processor',
  unavailable: () => (typeof WebAssembly === 'object' ? undefined : 'this browser has no WebAssembly'),
  async start() {
    const {startThreadedBackend} = await import('@addernet/kernels-wasm/threads');
    const {threads, reason} = await startThreadedBackend({wasmPaths: WASM_PATHS, override: true});
    return `wasm, ${threads === 1 ? 'one thread' : `${threads} threads`}${reason === undefined ? '' : ` (${reason})`}`;
  },
};

const webgl: Backend = {
  name: 'webgl',
  title: 'webgl: graphics',
  unavailable: () =>
    typeof OffscreenCanvas === 'function' && new OffscreenCanvas(1, 1).getContext('webgl2') !== null
      ? undefined
      : 'this browser has no WebGL 2 in workers',
  async start() {
    await import('@addernet/kernels-webgl/register');
    await set('webgl');
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    const info = gl?.getExtension('WEBGL_debug_renderer_info');
    const renderer: unknown = gl?.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    return `webgl on ${String(renderer)}`;
  },
};

const webgpu: Backend = {
  name: 'webgpu',
  title: 'webgpu: graphics',
  async unavailable() {
    if (!('gpu' in navigator)) return 'this browser has no WebGPU';
    return (await navigator.gpu.requestAdapter()) === null ? 'WebGPU finds no adapter' : undefined;
  },
  async start() {
    await import('@addernet/kernels-webgpu/register');
    await set('webgpu');
    const info = (await navigator.gpu.requestAdapter())?.info;
    const adapter = [info?.vendor, info?.architecture, info?.description].filter((text) => text !== '').join(' ');
    return `webgpu on ${adapter}`;
  },
};

const cpu: Backend = {
  name: 'cpu',
  title: 'cpu: JavaScript (slow)',
  unavailable: () => undefined,
  async start() {
    await import('@addernet/kernels-cpu/register');
    await set('cpu');
    return 'cpu, JavaScript on one thread';
  },
};

const BACKENDS = [wasm, webgl, webgpu, cpu];

export async function listBackends(): Promise<Choice[]> {
  return Promise.all(
    BACKENDS.map(async (backend) => {
      const unavailable = await backend.unavailable();
      return {name: backend.name, title: backend.title, ...(unavailable === undefined ? {} : {unavailable})};
    }),
  );
}

/** @throws Error if it cannot be started, naming it and what to try */
export async function startBackend(name: string): Promise<string> {
  const backend = BACKENDS.find((entry) => entry.name === name);
  if (backend === undefined) {
    throw new Error(`backend '${name}' is none of ${BACKENDS.map((entry) => entry.name).join(', ')}`);
  }
  tf.enableProdMode();
  return backend.start();
}
