// SPDX-License-Identifier: Apache-2.0
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {Container} from 'inversify';
import {afterEach, expect, it, vi} from 'vitest';
import {kernels} from '../src/index.js';
import plugin from '../src/plugin.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

async function loadProvider(): Promise<BackendProvider> {
  const container = new Container();
  await container.load(plugin);
  return container.get<BackendProvider>(tokens.backend);
}

it('says why it cannot run on an engine without WebAssembly', async () => {
  const provider = await loadProvider();
  vi.stubGlobal('WebAssembly', undefined);
  expect(await provider.unavailableReason()).toMatch(/no WebAssembly/);
});

it('binds a backend provider that starts the wasm backend with these kernels', async () => {
  tf.enableProdMode();
  const provider = await loadProvider();
  expect(provider).toMatchObject({name: 'wasm', kernelPackage: '@addernet/kernels-wasm', speed: 'fast', priority: 20});
  expect(tf.getKernel('AdderConv2D', 'wasm')).toBeUndefined();

  expect(await provider.unavailableReason()).toBeUndefined();
  await provider.start({threads: 2});
  await provider.start({threads: 2});
  expect(tf.getBackend()).toBe('wasm');
  for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'wasm')).toBe(kernel);
  expect(await provider.details()).toEqual({'tfjs-backend-wasm': '4.22.0', simd: 'yes', threads: '2'});

  await provider.start({threads: 1});
  expect(await provider.details()).toMatchObject({threads: '1', 'threads.reason': 'one thread was asked for'});
});
