// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
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
  /** Makes it TF.js's backend. */
  start(): Promise<StartedBackend>;
}

export interface StartedBackend {
  /** What computes, e.g. 'wasm, 2 threads'. */
  readonly environment: string;
  /** Rejects when the browser takes the graphics device away; never resolves. */
  readonly lost: Promise<never>;
}

/** The processor stays. */
const NEVER = new Promise<never>(() => undefined);

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
    const used = threads === 1 ? 'one thread' : `${threads} threads`;
    return {environment: `wasm, ${used}${reason === undefined ? '' : ` (${reason})`}`, lost: NEVER};
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
    const [{contextLoss}] = await Promise.all([
      import('@addernet/kernels-webgl'),
      import('@addernet/kernels-webgl/register'),
    ]);
    await set('webgl');
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    const info = gl?.getExtension('WEBGL_debug_renderer_info');
    const renderer: unknown = gl?.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    return {environment: `webgl on ${String(renderer)}`, lost: contextLoss()};
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
    const [{deviceLoss}] = await Promise.all([
      import('@addernet/kernels-webgpu'),
      import('@addernet/kernels-webgpu/register'),
    ]);
    await set('webgpu');
    const info = (await navigator.gpu.requestAdapter())?.info;
    const adapter = [info?.vendor, info?.architecture, info?.description].filter((text) => text !== '').join(' ');
    return {environment: `webgpu on ${adapter}`, lost: deviceLoss()};
  },
};

const cpu: Backend = {
  name: 'cpu',
  title: 'cpu: JavaScript (slow)',
  unavailable: () => undefined,
  async start() {
    await import('@addernet/kernels-cpu/register');
    await set('cpu');
    return {environment: 'cpu, JavaScript on one thread', lost: NEVER};
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
export async function startBackend(name: string): Promise<StartedBackend> {
  const backend = BACKENDS.find((entry) => entry.name === name);
  if (backend === undefined) {
    throw new Error(`backend '${name}' is none of ${BACKENDS.map((entry) => entry.name).join(', ')}`);
  }
  tf.enableProdMode();
  return backend.start();
}

const LOSSES = new Map([
  ['ADDERNET_WEBGL_CONTEXT_LOST', 'webgl: the browser took the WebGL context away'],
  ['ADDERNET_WEBGPU_DEVICE_LOST', 'webgpu: the browser took the GPU device away'],
]);

/** What to tell of an error: for that of a lost device, what can be done about it here. */
export function messageOf(error: unknown): string {
  const loss = error instanceof AddernetError ? LOSSES.get(error.code) : undefined;
  if (loss !== undefined) {
    return (
      `${loss}, and with it the networks: the GPU was reset, is out of memory, or serves too many pages. ` +
      'Train again; should it happen again, with a smaller batch, a smaller network or the backend wasm.'
    );
  }
  return error instanceof Error ? error.message : String(error);
}
