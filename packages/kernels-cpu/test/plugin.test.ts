// SPDX-License-Identifier: Apache-2.0
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import {kernels} from '../src/index.js';
import plugin from '../src/plugin.js';

it('binds a backend provider that starts the cpu backend with these kernels', async () => {
  tf.enableProdMode();
  const container = new Container();
  await container.load(plugin);
  const provider = container.get<BackendProvider>(tokens.backend);
  expect(provider).toMatchObject({name: 'cpu', kernelPackage: '@addernet/kernels-cpu', speed: 'slow', priority: 10});
  expect(tf.getKernel('AdderConv2D', 'cpu')).toBeUndefined();

  expect(await provider.unavailableReason()).toBeUndefined();
  await provider.start();
  await provider.start();
  expect(tf.getBackend()).toBe('cpu');
  for (const kernel of kernels) expect(tf.getKernel(kernel.kernelName, 'cpu')).toBe(kernel);
  expect(await provider.details()).toMatchObject({simd: 'no', threads: '1'});
});
