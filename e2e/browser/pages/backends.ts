// SPDX-License-Identifier: Apache-2.0
import type {KernelExpectation} from '@addernet/conformance';
import * as tf from '@tensorflow/tfjs-core';

/** A backend as a page starts it. */
export interface BackendUnderTest {
  /** TF.js's name of it. */
  readonly name: string;
  /** Whether its kernels are a package's own, or composed by core. */
  readonly kernels: KernelExpectation;
  /** Imports what the page needs; the backend is set afterwards. */
  readonly load: () => Promise<unknown>;
}

export const backends = {
  cpu: {name: 'cpu', kernels: 'own', load: () => import('@addernet/kernels-cpu/register')},
  wasm: {name: 'wasm', kernels: 'own', load: () => import('./wasm.js')},
  webgl: {name: 'webgl', kernels: 'own', load: () => import('@addernet/kernels-webgl/register')},
  webgpu: {name: 'webgpu', kernels: 'own', load: () => import('@addernet/kernels-webgpu/register')},
} as const satisfies Record<string, BackendUnderTest>;

export type BackendKey = keyof typeof backends;

/** Which backend to start, and TF.js flags to set before. */
export interface StartRequest {
  readonly backend: BackendKey;
  readonly tfjsFlags?: Readonly<Record<string, boolean | number>>;
}

/** @throws Error when TF.js does not start the backend. */
export async function startBackend({backend: key, tfjsFlags = {}}: StartRequest): Promise<BackendUnderTest> {
  const backend = backends[key];
  tf.enableProdMode();
  await backend.load();
  for (const [flag, value] of Object.entries(tfjsFlags)) tf.env().set(flag, value);
  if (!(await tf.setBackend(backend.name))) throw new Error(`TF.js could not start its backend '${backend.name}'`);
  await tf.ready();
  return backend;
}
