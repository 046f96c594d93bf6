// SPDX-License-Identifier: Apache-2.0
import {expect, expectTypeOf, it, vi} from 'vitest';
import * as entry from '../src/index.js';
import {type Operator, type PluginKind, type PluginTypes, type Reporter, tokens} from '../src/index.js';

const KINDS: readonly PluginKind[] = [
  'operator',
  'architecture',
  'dataset',
  'recipe',
  'backend',
  'reporter',
  'launcher',
  'tracker',
];

it('every kind of plugin has a token of its own', () => {
  expect(Object.keys(tokens).sort()).toEqual([...KINDS].sort());
  expect(new Set(Object.values(tokens)).size).toBe(KINDS.length);
  expectTypeOf<PluginTypes['operator']>().toEqualTypeOf<Operator>();
  expectTypeOf<PluginTypes['reporter']>().toEqualTypeOf<Reporter>();
});

it('two copies of this package agree on the tokens', async () => {
  vi.resetModules();
  const copy = await import('../src/index.js');
  expect(copy.tokens).not.toBe(tokens);
  expect(copy.tokens).toEqual(tokens);
  // A plugin that does not want this package at run time may spell them out.
  for (const kind of KINDS) expect(tokens[kind]).toBe(Symbol.for(`addernet.${kind}`));
});

it('the tokens are all there is at run time: everything else is types', () => {
  expect(Object.keys(entry)).toEqual(['tokens']);
});
