// SPDX-License-Identifier: Apache-2.0
import {type BackendProvider, tokens} from '@addernet/plugin';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import plugin from '../src/plugin.js';

it('binds a backend provider, which says why it cannot start in Node', async () => {
  const container = new Container();
  await container.load(plugin);
  const provider = container.get<BackendProvider>(tokens.backend);
  expect(provider).toMatchObject({name: 'webgl', kernelPackage: '@addernet/kernels-webgl', priority: 15});
  expect(await provider.unavailableReason()).toBe('there is no WebGL outside browsers');
});
