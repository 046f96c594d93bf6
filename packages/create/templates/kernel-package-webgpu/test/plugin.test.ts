// SPDX-License-Identifier: Apache-2.0
import {adderConv2d} from '@addernet/core';
import {webgpuBackend} from '@addernet/kernels-webgpu/plugin';
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import {kernels} from '../src/index.js';
import plugin from '../src/plugin.js';

async function provider(): Promise<BackendProvider | undefined> {
  const container = new Container();
  await container.load(plugin);
  return container.getAll<BackendProvider>(tokens.backend)[0];
}

it('binds a backend, which says why where there is no WebGPU', async () => {
  const backend = await provider();
  expect(backend?.name).toBe('placeholder-name');
  expect(await backend?.unavailableReason()).toBe(await webgpuBackend.unavailableReason());
});

it('runs on the kernels of this package', async ({skip}) => {
  const backend = await provider();
  const unavailable = await backend?.unavailableReason();
  const inCi = !['', 'false', undefined].includes(process.env['CI']);
  if (unavailable !== undefined && !inCi) skip(unavailable);
  await backend?.start();
  await backend?.start();
  expect(tf.getBackend()).toBe('placeholder-name');
  for (const {kernelName, kernelFunc} of kernels) {
    expect(tf.getKernel(kernelName, 'placeholder-name').kernelFunc).toBe(kernelFunc);
  }
  // Distances of 3 and 4 from the filter's 1 and 2: −(|4 − 1| + |6 − 2|).
  const y = adderConv2d(tf.tensor4d([4, 6], [1, 1, 1, 2]), tf.tensor4d([1, 2], [1, 1, 2, 1]), 1, 'valid');
  expect([...(await y.data())]).toEqual([-7]);
});
