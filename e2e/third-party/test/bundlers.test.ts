// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'vite';
import {beforeAll, beforeEach, describe, expect, inject, it} from 'vitest';
import webpack from 'webpack';
import {requireInstalled} from './require-installed.js';
import {run} from './support.js';

const project = inject('project');
const folder = path.join(project, 'bundled');

/** An application as somebody writes it, for any bundler; it runs in Node too, where its output can be read. */
const APPLICATION = `import * as tf from '@tensorflow/tfjs-core';
import '@addernet/kernels-cpu/register';
import {adderConv2d} from '@addernet/core';
import {createModel} from '@addernet/zoo';

await tf.setBackend('cpu');
const y = adderConv2d(tf.ones([1, 4, 4, 2]), tf.fill([3, 3, 2, 1], 3), 1, 'valid');
const model = createModel('tiny', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
const logits = model.predict(tf.zeros([2, 32, 32, 3]));
console.log(JSON.stringify([...(await y.data()), logits.shape]));
`;

/** One whose backend is WebAssembly: it has to be bundled without configuration; e2e/browser runs the like of it. */
const ON_WASM = `import * as tf from '@tensorflow/tfjs-core';
import '@addernet/kernels-wasm/register';
import {adderConv2d} from '@addernet/core';

await tf.setBackend('wasm');
console.log(adderConv2d(tf.ones([1, 4, 4, 2]), tf.ones([3, 3, 2, 1]), 1, 'valid').shape);
`;

/** @returns what the bundler complains of, warnings included */
type Bundler = (entry: string, output: string, target: 'node' | 'web') => Promise<readonly string[]>;

const withVite: Bundler = async (entry, output, target) => {
  const complaints: string[] = [];
  const complain = (message: string): void => void complaints.push(message);
  await build({
    root: folder,
    configFile: false,
    customLogger: {
      ...{info: () => undefined, clearScreen: () => undefined, hasErrorLogged: () => false, hasWarned: false},
      ...{warn: complain, warnOnce: complain, error: complain},
    },
    ...(target === 'node' ? {ssr: {noExternal: true, target}} : {}),
    build: {
      ...(target === 'node' ? {ssr: true} : {}),
      outDir: path.dirname(output),
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {input: entry, output: {entryFileNames: path.basename(output)}},
    },
  });
  return complaints;
};

const withWebpack: Bundler = async (entry, output, target) => {
  const compiler = webpack({
    mode: 'production',
    target,
    context: folder,
    entry,
    output: {path: path.dirname(output), filename: path.basename(output), module: true, library: {type: 'module'}},
    experiments: {outputModule: true},
    performance: false,
    // Making names short takes most of the time; e2e/browser runs bundles in which they are.
    optimization: {minimize: false},
  });
  if (compiler === null) throw new Error('webpack makes no compiler');
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
    compiler.run((error, result) => (error ? reject(error) : resolve(result))),
  );
  await new Promise<void>((resolve, reject) => compiler.close((error) => (error ? reject(error) : resolve())));
  const {errors = [], warnings = []} = stats?.toJson({all: false, errors: true, warnings: true}) ?? {};
  return [...errors, ...warnings].map(({message}) => message);
};

describe.each([
  ['vite', withVite],
  ['webpack', withWebpack],
])('%s, in a folder with nothing but the tarballs', (name, bundle) => {
  beforeEach(requireInstalled);
  beforeAll(() => {
    mkdirSync(folder, {recursive: true});
    writeFileSync(path.join(folder, 'application.js'), APPLICATION);
    writeFileSync(path.join(folder, 'on-wasm.js'), ON_WASM);
  });

  it('bundles an application for Node, and it runs', async () => {
    const output = path.join(folder, name, 'application.mjs');
    expect(await bundle(path.join(folder, 'application.js'), output, 'node')).toEqual([]);
    // Nothing can be imported from there any more: all of it is in the bundle.
    const {code, stdout, stderr} = await run(process.execPath, [output], path.parse(folder).root);
    expect(code, stderr.slice(-500)).toBe(0);
    const last = stdout.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toEqual([...Array(4).fill(-36), [2, 10]]);
  });

  it('bundles one for browsers whose backend is wasm', async () => {
    expect(await bundle(path.join(folder, 'on-wasm.js'), path.join(folder, name, 'on-wasm.mjs'), 'web')).toEqual([]);
  });
});
