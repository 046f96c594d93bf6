// SPDX-License-Identifier: Apache-2.0
import {build} from 'esbuild';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, inject, it} from 'vitest';
import {requireInstalled} from './require-installed.js';
import {published, run} from './support.js';

const project = inject('project');

/** 'core' + './reference' → '@addernet/core/reference'. */
const entries = published.flatMap(({manifest}) =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => !entry.endsWith('.json') && !entry.includes('*'))
    .map((entry) => path.posix.join(manifest.name, entry)),
);

/** The first TypeScript example of a README: what a reader copies. */
function exampleOf(readme: string): string | undefined {
  return /^```ts\n([^]*?)^```/m.exec(readme)?.[1];
}
const examples = published.map(({manifest, folder: from}) => ({
  name: manifest.name,
  file: `${manifest.name.replace('@addernet/', '')}.ts`,
  code: exampleOf(readFileSync(path.join(from, 'README.md'), 'utf8')),
}));

/** Bundles a source for browsers. @returns the bytes that each file leaves in the bundle, those left out altogether not among them */
async function bundle(source: string): Promise<ReadonlyMap<string, number>> {
  const {metafile} = await build({
    stdin: {contents: source, resolveDir: project, loader: 'ts'},
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    logLevel: 'error',
    absWorkingDir: project,
  });
  const [output] = Object.values(metafile.outputs);
  return new Map(
    Object.entries(output?.inputs ?? {}).flatMap(([name, {bytesInOutput}]) =>
      bytesInOutput > 0 ? [[name, bytesInOutput] as const] : [],
    ),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('installed from tarballs, outside the repository', () => {
  beforeEach(requireInstalled);

  it('there is one copy of TensorFlow.js', async () => {
    const {stdout} = await run('npm', ['ls', '--all', '--parseable', '@tensorflow/tfjs-core'], project);
    expect(stdout.trim().split('\n')).toEqual([path.join(project, 'node_modules/@tensorflow/tfjs-core')]);
  });

  it.each(entries.filter((entry) => !entry.endsWith('/vitest')))('%s can be imported in Node', async (entry) => {
    const script = `const names = Object.keys(await import(${JSON.stringify(entry)})); console.log(names.length)`;
    const {code, stderr} = await run(process.execPath, ['--input-type=module', '--eval', script], project);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
  });

  describe.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('module %s, resolution %s', (module, moduleResolution) => {
    it('every entry and every README’s example has types', async () => {
      const sources = path.join(project, `src-${moduleResolution}`);
      mkdirSync(sources);
      for (const {file, code} of examples) writeFileSync(path.join(sources, file), code ?? '');
      writeFileSync(
        path.join(sources, 'entries.ts'),
        entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`).join(''),
      );
      const config = {
        compilerOptions: {
          target: 'es2023',
          lib: ['es2023', 'dom', 'dom.iterable'],
          module,
          moduleResolution,
          strict: true,
          skipLibCheck: false,
          types: ['node'],
          outDir: `../built-${moduleResolution}`,
          rootDir: '.',
        },
        include: ['*.ts'],
      };
      writeFileSync(path.join(sources, 'tsconfig.json'), JSON.stringify(config));
      const {stdout} = await run('npx', ['--no-install', 'tsc', '-p', sources], project);
      // The declarations of TensorFlow.js and of WebGPU contradict others, and are not ours to put right.
      const errors = stdout.split('\n').filter((line) => /\berror TS/.test(line));
      expect(errors.filter((line) => !/^node_modules\/(?!@addernet\/)/.test(line))).toEqual([]);
    });
  });

  it.each(['core', 'kernels-cpu', 'kernels-wasm', 'nn', 'plugin', 'zoo'])('the example of %s runs', async (name) => {
    const {code, stderr} = await run(process.execPath, [`built-nodenext/${name}.js`], project);
    expect(code, stderr).toBe(0);
  });

  it('core alone brings no backend, and 20 KiB of its own where one op is used', async () => {
    const files = await bundle(`import {adderConv2d} from '@addernet/core'; console.log(adderConv2d);`);
    const foreign = /@tensorflow\/(?!tfjs-core\/)|inversify|@addernet\/(?!core\/)/;
    expect([...files.keys()].filter((name) => foreign.test(name))).toEqual([]);
    const own = [...files].filter(([name]) => name.includes('@addernet/core/'));
    expect(own.filter(([name]) => name.includes('/reference/'))).toEqual([]);
    const kibibytes = sum(own.map(([, bytes]) => bytes)) / 1024;
    expect(kibibytes).toBeGreaterThan(5);
    expect(kibibytes).toBeLessThan(25);
  });

  it.each([
    '@addernet/core',
    '@addernet/nn',
    '@addernet/zoo',
    '@addernet/kernels-cpu',
    '@addernet/kernels-wasm',
    '@addernet/datasets',
    '@addernet/plugin',
  ])('importing %s without using it leaves nothing in a bundle', async (name) => {
    const files = await bundle(`import '${name}';`);
    expect([...files.keys()].filter((input) => input.includes('@addernet/'))).toEqual([]);
  });

  it('kernels for one backend bring no other, no experiment runner and no container', async () => {
    const files = await bundle(`import '@addernet/kernels-wasm/register';`);
    expect([...files.keys()].some((name) => name.includes('@addernet/kernels-wasm/'))).toBe(true);
    expect([...files.keys()].filter((name) => /inversify|@addernet\/(?!(core|kernels-wasm)\/)/.test(name))).toEqual([]);
  });
});
