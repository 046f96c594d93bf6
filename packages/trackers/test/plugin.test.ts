// SPDX-License-Identifier: Apache-2.0
import {tokens, type Tracker} from '@addernet/plugin';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import module from '../src/plugin.js';

it('binds the trackers by name', () => {
  const container = new Container();
  container.load(module);
  const names = container.getAll<Tracker>(tokens.tracker).map(({name}) => name);
  expect(names).toEqual(expect.arrayContaining(['tensorboard', 'jsonl', 'csv']));
});
