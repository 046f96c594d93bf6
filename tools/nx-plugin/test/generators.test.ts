// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {KERNEL_BACKENDS} from '@addernet/create';
import type {Tree} from '@nx/devkit';
import {createTreeWithEmptyWorkspace} from '@nx/devkit/testing';
import {describe, expect, it} from 'vitest';
// What Nx loads: JavaScript, so that it is there before anything is built.
import * as loaded from '../generators.mjs';
import * as plugin from '../src/index.js';

interface Schema {
  readonly properties: Readonly<Record<string, {readonly enum?: readonly string[]; readonly description: string}>>;
  readonly required: readonly string[];
}

const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as T;
const {generators} = read<{generators: Record<string, {implementation: string; schema: string; description: string}>}>(
  'generators.json',
);
const implementations: Readonly<Record<string, unknown>> = plugin;
const entry: Readonly<Record<string, unknown>> = loaded;

function workspace(): Tree {
  const tree = createTreeWithEmptyWorkspace();
  tree.write('package.json', '{"name": "somebody-elses", "workspaces": ["libs/*"]}');
  return tree;
}

describe.each(Object.entries(generators))('%s', (name, {implementation, schema: file, description}) => {
  const [module, exported] = implementation.split('#');

  it('is listed with an implementation, and a schema that says what it takes', () => {
    expect(module).toBe('./generators.mjs');
    expect(implementations[exported]).toBeTypeOf('function');
    expect(entry[exported]).toBeTypeOf('function');
    expect(description.length).toBeGreaterThan(20);
    const schema = read<Schema>(file);
    expect(schema.required).toEqual(['name']);
    for (const property of Object.values(schema.properties)) expect(property.description.length).toBeGreaterThan(10);
  });

  it('writes into the files of Nx', async () => {
    const tree = workspace();
    const generate = implementations[exported] as (tree: Tree, options: {name: string}) => Promise<() => void>;
    const then = await generate(tree, {name: 'soft-shift'});
    expect(then).toBeTypeOf('function');
    const written = tree.listChanges().map(({path}) => path);
    const main = name === 'experiment' ? 'experiments/soft-shift/experiment.ts' : 'src/plugin.ts';
    expect(written).toContain(`libs/soft-shift/${main}`);
    expect(written.some((path) => path.startsWith('libs/soft-shift/test/'))).toBe(true);
    await expect(generate(tree, {name: 'soft-shift'})).rejects.toThrow(/exists? already|exists and/);
  });
});

it('every generator of the package is listed', () => {
  const listed = Object.values(generators).map(({implementation}) => implementation.split('#')[1]);
  expect(listed.sort()).toEqual(Object.keys(implementations).sort());
});

it('the backends of kernel packages are those that there are templates for', () => {
  expect(read<Schema>('schemas/kernel-package.json').properties['backend']?.enum).toEqual(KERNEL_BACKENDS);
});
