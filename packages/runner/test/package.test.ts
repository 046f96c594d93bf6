// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {z} from 'zod';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const isOurs = (name: string): boolean => name.startsWith('@addernet/');

/** What the runner may know: it gets models, datasets, kernels and reporters by name, from a container. */
const KNOWN = ['@addernet/core', '@addernet/nn', '@addernet/plugin', '@addernet/weight-statistics'];

it('knows no model, dataset, kernel or report package', () => {
  const names = z.record(z.string(), z.string()).default({});
  const manifest = z.object({dependencies: names, peerDependencies: names}).parse(JSON.parse(read('package.json')));
  const declared = [manifest.dependencies, manifest.peerDependencies].flatMap((list) => Object.keys(list));
  expect(declared.filter(isOurs).sort()).toEqual(KNOWN);

  const files = readdirSync(new URL('../src', import.meta.url), {recursive: true, encoding: 'utf8'});
  const sources = files.filter((file) => file.endsWith('.ts')).map((file) => read(`src/${file}`));
  const imported = sources.flatMap((text) =>
    [...text.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, name]) => name),
  );
  expect([...new Set(imported)].filter((name = '') => isOurs(name)).sort()).toEqual(KNOWN);
});
