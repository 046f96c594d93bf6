// SPDX-License-Identifier: Apache-2.0
import {type BackendProvider, tokens} from '@addernet/plugin';
import {Container} from 'inversify';
import {afterEach, expect, it, vi} from 'vitest';
import {WebgpuUnavailableError} from '../src/index.js';
import plugin from '../src/plugin.js';

afterEach(() => vi.unstubAllGlobals());

async function provider(): Promise<BackendProvider> {
  const container = new Container();
  await container.load(plugin);
  return container.get<BackendProvider>(tokens.backend);
}

it('binds a backend provider', async () => {
  expect(await provider()).toMatchObject({
    name: 'webgpu',
    kernelPackage: '@addernet/kernels-webgpu',
    priority: 12,
  });
});

it('says what to install and to set where WebGPU finds no adapter', async () => {
  vi.stubGlobal('navigator', {gpu: {requestAdapter: () => Promise.resolve(null)}});
  const backend = await provider();
  expect(await backend.unavailableReason()).toMatch(/finds no adapter.*libvulkan1.*VK_ICD_FILENAMES=\S+\.json/);
  await expect(backend.start()).rejects.toThrow(WebgpuUnavailableError);
});
