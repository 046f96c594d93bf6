// SPDX-License-Identifier: Apache-2.0
import {tokens, type Reporter} from '@addernet/plugin';
import {Container} from 'inversify';
import {expect, it} from 'vitest';
import reportModule from '../src/plugin.js';
import {twins} from './fixtures.js';

it('binds the reporters by name', async () => {
  const container = new Container();
  await container.load(reportModule);
  const reporters = container.getAll<Reporter>(tokens.reporter);
  expect(reporters.map(({name, fileName}) => [name, fileName])).toEqual([
    ['html', 'report.html'],
    ['markdown', 'results.md'],
    ['features', 'features.svg'],
  ]);
  const [html, markdown, features] = await Promise.all(
    reporters.map((reporter) => reporter.render(twins(), new Map())),
  );
  expect(html).toMatch(/^<!doctype html>/u);
  expect(markdown).toMatch(/^# conv and adder on CIFAR-100/u);
  expect(features).toBeUndefined();
});
