// SPDX-License-Identifier: Apache-2.0
import {EditError, GenerateError} from '../errors.js';
import type {Generated} from '../generated.js';
import {packageNames} from '../names.js';
import {exactVersions, extendPackageJson, ranges} from '../package-json.js';
import {renderTemplate} from '../templates.js';
import type {Tree} from '../tree.js';
import {isAddernet, join, newPackageFolder, requireEmpty, writeNew} from '../workspace.js';

/** TF.js's backends for which there is a template. */
export const KERNEL_BACKENDS = ['cpu', 'wasm', 'webgl', 'webgpu'] as const;
type KernelBackend = (typeof KERNEL_BACKENDS)[number];

const isKernelBackend = (name: string): name is KernelBackend => KERNEL_BACKENDS.some((known) => known === name);

export interface KernelPackageOptions {
  /** The package's name, e.g. 'fast-adder' or '@me/fast-adder'. Its part after the scope is also the backend's name in experiments. */
  readonly name: string;
  /** TF.js's backend; default 'cpu'. */
  readonly backend?: string | undefined;
  /** The package's folder, by default named after it. */
  readonly directory?: string | undefined;
}

/** What stands differently in the sources, which are those of cpu. */
const IN_THE_PLACE_OF_CPU: Readonly<Record<KernelBackend, Readonly<Record<string, string>>>> = {
  cpu: {},
  wasm: {cpu: 'wasm', Cpu: 'Wasm'},
  webgl: {cpu: 'webgl', Cpu: 'Webgl'},
  webgpu: {cpu: 'webgpu', Cpu: 'Webgpu'},
};

/** What the tests and the bench of a backend need besides: a browser's driver and a bundler, or WebGPU in Node. */
const TEST_TOOLS: Readonly<Record<KernelBackend, readonly string[]>> = {
  cpu: [],
  wasm: [],
  webgl: ['playwright-core', 'vite'],
  webgpu: ['webgpu'],
};

/** The files that every package of Addernet's repository has, as kernels-cpu has them. */
function likeKernelsCpu(tree: Tree): ReadonlyMap<string, string> {
  const shared = ['LICENSE', 'tsconfig.json', 'tsconfig.build.json', 'vitest.config.ts'];
  return new Map(
    shared.map((name) => {
      const text = tree.read(`packages/kernels-cpu/${name}`);
      if (text === undefined)
        throw new EditError(`packages/kernels-cpu/${name} is missing; expected the file to be taken over`);
      return [name, text];
    }),
  );
}

/** A package with an AdderConv2D of its own, its conformance test, its bench and its plugin. */
export function generateKernelPackage(tree: Tree, options: KernelPackageOptions): Generated {
  const {backend = 'cpu'} = options;
  const {packageName: asked, ...names} = packageNames(options.name);
  if (!isKernelBackend(backend)) {
    throw new GenerateError(`backend ${JSON.stringify(backend)}: expected one of ${KERNEL_BACKENDS.join(', ')}`);
  }
  const own = isAddernet(tree);
  if (own && (backend === 'webgl' || backend === 'webgpu')) {
    throw new GenerateError(
      `backend ${JSON.stringify(backend)}: in Addernet's own repository its kernels go into packages/kernels-${backend}; ` +
        'expected cpu or wasm, or another folder than this repository',
    );
  }
  const packageName = own && !asked.startsWith('@') ? `@addernet/${asked}` : asked;
  const folder = newPackageFolder(tree, names.kebab, options.directory);
  requireEmpty(tree, folder);
  const render = (template: string): ReadonlyMap<string, string> =>
    renderTemplate(template, {
      names,
      replacements: {...IN_THE_PLACE_OF_CPU[backend], 'placeholder-package': packageName},
      licensed: own,
    });
  writeNew(
    tree,
    folder,
    new Map([
      ...render('kernel-package'),
      ...(backend === 'cpu' ? [] : render(`kernel-package-${backend}`)),
      // In Addernet's repository a kernel package knows no other.
      ...(own ? render('workspace-kernel-package') : []),
      ...(own ? likeKernelsCpu(tree) : render('standalone-package')),
    ]),
  );
  const packageJson = own ? repositoryPackageJson(backend) : standalonePackageJson(backend);
  extendPackageJson(tree, join(folder, 'package.json'), packageJson);
  return {
    folder,
    next: [
      ['npm install', own ? 'makes it known to the workspace' : 'installs what it builds on'],
      ['npm test', 'holds the kernel to the conformance kit'],
      ['npm run bench -- --quick', "measures it against TensorFlow.js's convolution and Addernet's kernel"],
    ],
    notes: [
      `The kernel is ${join(folder, 'src/adder-conv2d.ts')}: right, plain, and yours to make fast.`,
      backend === 'webgl'
        ? `Its tests and its bench open a page in Chromium or Chrome. Pages name it as backend '${names.kebab}' of the plugin ${packageName}/plugin.`
        : `Experiments name it as backend '${names.kebab}' of the plugin ${packageName}/plugin.`,
    ],
  };
}

/** What a kernel package's package.json says, wherever the package is. @param source whether its sources can be imported, too */
function commonPackageJson(backend: string, source: boolean): Record<string, unknown> {
  const entry = (file: string): Record<string, string> => ({
    ...(source ? {'@addernet/source': `./src/${file}.ts`} : {}),
    types: `./dist/${file}.d.ts`,
    default: `./dist/${file}.js`,
  });
  return {
    description: `Addernet kernels for the TensorFlow.js ${backend} backend`,
    sideEffects: ['./dist/register.js', ...(source ? ['./src/register.ts'] : [])],
    engines: {node: '>=20.19'},
    exports: {
      '.': entry('index'),
      './register': entry('register'),
      './plugin': entry('plugin'),
      './package.json': './package.json',
    },
    files: ['dist', ...(source ? ['src'] : [])],
  };
}

const tfjs = (backend: string): readonly string[] => ['@tensorflow/tfjs-core', `@tensorflow/tfjs-backend-${backend}`];

function standalonePackageJson(backend: KernelBackend): Record<string, unknown> {
  return {
    ...commonPackageJson(backend, false),
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      prepack: 'npm run build',
      typecheck: 'tsc --noEmit',
      test: 'vitest run',
      bench: 'tsx bench/kernels.bench.ts',
    },
    dependencies: ranges(`@addernet/kernels-${backend}`, '@addernet/plugin', 'inversify'),
    peerDependencies: ranges('@addernet/core', ...tfjs(backend)),
    devDependencies: ranges(
      ...['@addernet/cli', '@addernet/conformance', '@addernet/core'],
      ...[...tfjs(backend), '@tensorflow/tfjs-layers'],
      ...['@types/node', 'tsx', 'typescript', 'vitest', ...TEST_TOOLS[backend]],
    ),
  };
}

/** In Addernet's own repository: private until somebody decides that it is published. */
function repositoryPackageJson(backend: string): Record<string, unknown> {
  return {
    private: true,
    license: 'Apache-2.0',
    ...commonPackageJson(backend, true),
    scripts: {
      build: 'tsc -p tsconfig.build.json',
      typecheck: 'tsc -p tsconfig.json',
      lint: 'eslint .',
      test: 'vitest run',
      bench: 'tsx --conditions=@addernet/source bench/kernels.bench.ts',
    },
    dependencies: exactVersions('@addernet/core', '@addernet/plugin', 'inversify'),
    peerDependencies: ranges(...tfjs(backend)),
    devDependencies: exactVersions('@addernet/conformance', `@addernet/kernels-${backend}`),
    nx: {tags: ['layer:kernels', 'runtime:any']},
  };
}
