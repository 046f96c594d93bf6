// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {type Operator, type Reporter, tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  DuplicateNameError,
  PluginError,
  UnknownNameError,
  UnknownPluginError,
  createContainer,
  listBound,
  loadPlugins,
  lookup,
} from '../src/index.js';

const reporter = (name: string): Reporter => ({name, fileName: `${name}.txt`, render: () => Promise.resolve(name)});

const binding = (...reporters: Reporter[]): ContainerModule =>
  new ContainerModule(({bind}) => {
    for (const value of reporters) bind(tokens.reporter).toConstantValue(value);
  });

describe('container', () => {
  it('looks things up by name and lists them', () => {
    const first = reporter('first');
    const container = createContainer([binding(first, reporter('second')), binding(reporter('third'))]);
    expect(lookup(container, 'reporter', 'first')).toBe(first);
    expect(listBound(container, 'reporter').map(({name}) => name)).toEqual(['first', 'second', 'third']);
    expect(listBound(container, 'operator')).toEqual([]);
  });

  it('lists the valid names for an unknown one, and the nearest', () => {
    const container = createContainer([binding(reporter('html'), reporter('markdown'))]);
    let error: unknown;
    try {
      lookup(container, 'reporter', 'Mark-down');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UnknownNameError);
    expect(error).toMatchObject({
      kind: 'reporter',
      valid: ['html', 'markdown'],
      message: 'unknown reporter "Mark-down"; did you mean "markdown"?; valid: html, markdown',
    });
    expect(() => lookup(container, 'operator', 'adder')).toThrow('no operator is known');
  });

  it('takes the same object twice, but not two things of one name', () => {
    const html = reporter('html');
    const container = createContainer([binding(html), binding(html)]);
    expect(listBound(container, 'reporter')).toEqual([html]);
    expect(() =>
      createContainer([
        {name: '@addernet/report', module: binding(html)},
        {name: 'mine', module: binding(reporter('html'))},
      ]),
    ).toThrow(DuplicateNameError);
    expect(() =>
      createContainer([{name: '@addernet/report', module: binding(html)}, binding(reporter('html'))]),
    ).toThrow('reporter "html" is bound twice, by @addernet/report and by module 2');
  });

  it('refuses a binding that is not what its token says', () => {
    const nameless = new ContainerModule(({bind}) => {
      bind(tokens.operator).toConstantValue({conv2d: () => undefined});
    });
    expect(() => createContainer([nameless])).toThrow('bound something as operator without a name');
    const half: Partial<Operator> = {name: 'half', description: 'x'};
    const lacking = new ContainerModule(({bind}) => {
      bind(tokens.operator).toConstantValue(half);
    });
    expect(() => createContainer([lacking])).toThrow('bound the operator "half" without conv2d(), dense()');
  });
});

describe('loadPlugins', () => {
  let folder = '';
  let other = '';
  const inversify = import.meta.resolve('inversify');

  const source = (name: string, exported = ''): string => `
    import {ContainerModule} from ${JSON.stringify(inversify)};
    const module = new ContainerModule(({bind}) => {
      bind(Symbol.for('addernet.reporter')).toConstantValue(
        {name: '${name}', fileName: '${name}.txt', render: async () => '${name}'});
    });
    ${exported === '' ? 'export default module;' : exported}`;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'runner-plugins-'));
    other = mkdtempSync(path.join(tmpdir(), 'runner-elsewhere-'));
    const files: Record<string, string> = {
      'plain.mjs': source('plain'),
      'list.mjs': source('list', 'export default [module];'),
      'copy.mjs': source('plain'),
      'no-default.mjs': 'export const nothing = 1;',
      'function.mjs': 'export default () => 1;',
      'empty.mjs': 'export default [];',
      'mixed.mjs': source('mixed', 'export default [module, null];'),
      'old.mjs': 'export default {id: 1, registry() {}};',
      'foreign.mjs': `export default {id: 7, load({bind}) {
        bind(Symbol.for('addernet.reporter')).toConstantValue({name: 'foreign', fileName: 'f', render: async () => ''}); }};`,
      'throws.mjs': "throw new Error('the plugin is upset');",
      'fails.mjs': `import {ContainerModule} from ${JSON.stringify(inversify)};
        export default new ContainerModule(async ({bind}) => {
          bind(Symbol.for('addernet.reporter')).toConstantValue({name: 'half', fileName: 'h', render: async () => ''});
          throw new Error('half way');
        });`,
      'common.cjs': `module.exports = {__esModule: true, default: {id: 9, load({bind}) {
        bind(Symbol.for('addernet.reporter')).toConstantValue({name: 'common', fileName: 'c', render: async () => ''}); }}};`,
      'node_modules/addernet-import-only/package.json': JSON.stringify({
        name: 'addernet-import-only',
        type: 'module',
        exports: {'.': {import: './index.js'}, './extra': {import: './extra.js'}},
      }),
      'node_modules/addernet-import-only/index.js': source('import-only'),
      'node_modules/addernet-import-only/extra.js': source('extra'),
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), {recursive: true});
      writeFileSync(path.join(folder, file), text);
    }
    writeFileSync(path.join(other, 'elsewhere.mjs'), source('elsewhere'));
  });

  afterAll(() => {
    rmSync(folder, {recursive: true});
    rmSync(other, {recursive: true});
  });

  const load = async (...specifiers: string[]): Promise<string[]> => {
    const container = createContainer([binding(reporter('built-in'))]);
    await loadPlugins(container, specifiers, folder, {workingFolder: other});
    return listBound(container, 'reporter').map(({name}) => name);
  };

  it('loads paths beside the experiment, from the working folder, and file URLs', async () => {
    expect(await load('./plain.mjs', './list.mjs')).toEqual(['built-in', 'plain', 'list']);
    expect(await load('./elsewhere.mjs')).toEqual(['built-in', 'elsewhere']);
    expect(await load(path.join(folder, 'plain.mjs'))).toEqual(['built-in', 'plain']);
    expect(await load(pathToFileURL(path.join(folder, 'plain.mjs')).href)).toEqual(['built-in', 'plain']);
  });

  it("resolves packages from the experiment's folder, by their import condition, and subpaths", async () => {
    expect(await load('addernet-import-only', 'addernet-import-only/extra')).toEqual([
      'built-in',
      'import-only',
      'extra',
    ]);
  });

  it('takes a module made by another copy of inversify, and CommonJS', async () => {
    expect(await load('./foreign.mjs', './common.cjs')).toEqual(['built-in', 'foreign', 'common']);
  });

  it('loads a plugin once, however often it is named', async () => {
    const container = createContainer([]);
    await loadPlugins(container, ['./plain.mjs', path.join(folder, 'plain.mjs')], folder);
    await loadPlugins(container, ['./plain.mjs'], folder);
    expect(listBound(container, 'reporter')).toHaveLength(1);
  });

  it('says what is wrong with a plugin', async () => {
    const failing: readonly [string, string][] = [
      ['./missing.mjs', 'no such file; looked for'],
      ['addernet-missing', 'no such package to be found from'],
      ['addernet-import-only/private', 'private'],
      ['./no-default.mjs', 'it has no default export; its default export must be an inversify'],
      ['./function.mjs', 'its default export is a function'],
      ['./empty.mjs', 'an empty array'],
      ['./mixed.mjs', 'entry 1 of its default export is null'],
      ['./old.mjs', 'a ContainerModule of inversify 6 or older'],
      ['./throws.mjs', 'the plugin is upset'],
    ];
    for (const [specifier, text] of failing) {
      await expect(load(specifier), specifier).rejects.toThrow(PluginError);
      await expect(load(specifier), specifier).rejects.toThrow(text);
    }
  });

  it('lists the plugins there are for one that is not', async () => {
    const installed: Record<string, unknown> = {
      'addernet-shift': {dependencies: {'@addernet/plugin': '^0.1.0'}},
      '@me/operators': {peerDependencies: {'@addernet/plugin': '*'}, exports: {'.': './a.js', './plugin': './b.js'}},
      'a-command': {dependencies: {'@addernet/plugin': '*', '@addernet/runner': '*'}},
      'something-else': {dependencies: {inversify: '*'}},
    };
    for (const [name, manifest] of Object.entries(installed)) {
      mkdirSync(path.join(other, 'node_modules', name), {recursive: true});
      writeFileSync(path.join(other, 'node_modules', name, 'package.json'), JSON.stringify(manifest));
    }
    mkdirSync(path.join(other, 'node_modules', 'broken'));
    writeFileSync(path.join(other, 'node_modules', 'broken', 'package.json'), '{');
    const failed = (specifier: string): Promise<unknown> => load(specifier).catch((error: unknown) => error);

    const shft = await failed('addernet-shft');
    expect(shft).toBeInstanceOf(UnknownPluginError);
    expect(shft).toMatchObject({
      code: 'ADDERNET_PLUGIN',
      valid: expect.arrayContaining(['@me/operators/plugin', 'addernet-shift', '@addernet/nn/plugin']),
      message: expect.stringMatching(
        /no such package to be found from .*; did you mean "addernet-shift"\?; valid: .*@me\/operators\/plugin, addernet-shift/,
      ),
    });
    for (const name of ['a-command', 'something-else', 'broken', '@addernet/runner', '@addernet/cli'])
      expect(shft).not.toMatchObject({valid: expect.arrayContaining([name])});

    expect(await failed('./plane.mjs')).toMatchObject({
      valid: expect.arrayContaining(['./plain.mjs', './common.cjs']),
      message: expect.stringContaining('; did you mean "./plain.mjs"?; valid: ./common.cjs, ./copy.mjs, '),
    });
    expect(await failed('./no/folder/plain.mjs')).toMatchObject({
      valid: [],
      message: expect.stringMatching(/looked for .*; there is none$/),
    });
  });

  it('names both plugins of a clash and leaves the container as it was', async () => {
    const container = createContainer([]);
    await loadPlugins(container, ['./plain.mjs'], folder);
    await expect(loadPlugins(container, ['./copy.mjs'], folder)).rejects.toThrow(
      'reporter "plain" is bound twice, by ./plain.mjs and by ./copy.mjs',
    );
    await expect(loadPlugins(container, ['./fails.mjs'], folder)).rejects.toThrow('half way');
    expect(listBound(container, 'reporter').map(({name}) => name)).toEqual(['plain']);
    await loadPlugins(container, ['./list.mjs'], folder);
    expect(listBound(container, 'reporter').map(({name}) => name)).toEqual(['plain', 'list']);
  });
});
