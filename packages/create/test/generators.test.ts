// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {
  EditError,
  ExistsError,
  generateArchitecture,
  generateDataset,
  GenerateError,
  generateExperiment,
  generateKernelPackage,
  generateOperator,
  generateTracker,
  NameError,
} from '../src/index.js';
import {MemoryTree} from './support.js';

const PLUGIN = `import {ContainerModule} from 'inversify';\n\nexport default new ContainerModule(({bind}) => {\n  bind(mine);\n});\n`;

describe.each([
  ['kernel-package', generateKernelPackage],
  ['operator', generateOperator],
  ['architecture', generateArchitecture],
  ['dataset', generateDataset],
  ['tracker', generateTracker],
  ['experiment', generateExperiment],
])('%s', (kind, generate) => {
  it('leaves no name of a template behind, and nobody under a license', () => {
    const tree = new MemoryTree();
    generate(tree, {name: 'soft-shift'});
    expect(tree.files.size).toBeGreaterThan(7);
    for (const [file, text] of tree.files) {
      expect(`${file}\n${text}`).not.toMatch(/placeholder|SPDX/i);
      expect(file).toMatch(/^soft-shift\//);
    }
    expect(tree.read('soft-shift/.gitignore')).toContain('node_modules');
  });

  it('goes among the packages of a workspace', () => {
    const tree = new MemoryTree({'package.json': '{"workspaces": ["apps/web", "libs/*"]}'});
    const {folder} = generate(tree, {name: 'soft-shift'});
    expect(folder).toBe('libs/soft-shift');
    expect(tree.json('libs/soft-shift/package.json')).toMatchObject({name: 'soft-shift', type: 'module'});
  });

  it('goes where it is told to', () => {
    const tree = new MemoryTree({'package.json': '{"workspaces": ["libs/*"]}'});
    expect(generate(tree, {name: 'soft-shift', directory: 'here/or/there'}).folder).toBe('here/or/there');
    expect(tree.exists('here/or/there/src/plugin.ts')).toBe(kind !== 'experiment');
  });

  it.each([path.resolve('there'), '..', '../there', 'a/../../there', ''])(
    'does not go to %j, which is not below',
    (directory) => {
      const tree = new MemoryTree();
      expect(() => generate(tree, {name: 'soft-shift', directory})).toThrow(/directory ".*": expected a folder below/);
      expect(tree.files.size).toBe(0);
    },
  );

  it('takes a folder by any of its names', () => {
    const tree = new MemoryTree();
    expect(generate(tree, {name: 'soft-shift', directory: './here//there/'}).folder).toBe('here/there');
    expect(tree.exists('here/there/package.json')).toBe(true);
  });

  it('touches nothing where a folder is not empty', () => {
    const tree = new MemoryTree({'soft-shift/notes.txt': 'mine'});
    expect(() => generate(tree, {name: 'soft-shift'})).toThrow(ExistsError);
    expect(() => generate(tree, {name: 'soft-shift'})).toThrow('the folder soft-shift exists and is not empty');
    expect([...tree.files.keys()]).toEqual(['soft-shift/notes.txt']);
  });

  it.each(['', 'Soft', 'soft_shift', '-soft', 'soft--shift', '3d', '../up', 'soft shift', 'x'.repeat(81), 'a/b', 'ä'])(
    'refuses the name %j and says what is valid',
    (name) => {
      const tree = new MemoryTree();
      expect(() => generate(tree, {name})).toThrow(NameError);
      expect(() => generate(tree, {name})).toThrow(
        /name ".*": expected up to 80 lower-case letters, digits and single '-'/,
      );
      expect(tree.files.size).toBe(0);
    },
  );
});

describe('a kernel package', () => {
  it('may have a scope', () => {
    const tree = new MemoryTree();
    const {folder} = generateKernelPackage(tree, {name: '@me/soft-shift'});
    expect(folder).toBe('soft-shift');
    expect(tree.json('soft-shift/package.json')).toMatchObject({
      name: '@me/soft-shift',
      sideEffects: ['./dist/register.js'],
      peerDependencies: {'@addernet/core': expect.stringMatching(/^\^/), '@tensorflow/tfjs-backend-cpu': '^4.22.0'},
    });
    expect(tree.read('soft-shift/src/plugin.ts')).toContain(`const NAME = 'soft-shift';`);
    expect(tree.read('soft-shift/src/plugin.ts')).toContain(`kernelPackage: '@me/soft-shift'`);
  });

  it.each(['wasm', 'webgl', 'webgpu'])('is of one backend throughout: %s', (backend) => {
    const tree = new MemoryTree();
    generateKernelPackage(tree, {name: 'soft-shift', backend});
    const others = new RegExp(`placeholder|SPDX|\\bcpu|${backend === 'webgl' ? 'webgpu' : 'webgl'}`, 'i');
    for (const [file, text] of tree.files) expect(`${file}\n${text}`).not.toMatch(others);
    expect(tree.read('soft-shift/src/register.ts')).toContain(`import '@tensorflow/tfjs-backend-${backend}';`);
    expect(tree.json('soft-shift/package.json')).toMatchObject({
      dependencies: {[`@addernet/kernels-${backend}`]: expect.any(String)},
      peerDependencies: {[`@tensorflow/tfjs-backend-${backend}`]: '^4.22.0'},
    });
  });

  it.each(['webgl', 'webgpu'])("for %s is no package of Addernet's own repository, which has one", (backend) => {
    const tree = new MemoryTree({'package.json': '{"name": "addernet"}', 'packages/core/package.json': '{}'});
    expect(() => generateKernelPackage(tree, {name: 'a', backend})).toThrow(
      `backend "${backend}": in Addernet's own repository its kernels go into packages/kernels-${backend}; expected cpu or wasm`,
    );
  });

  it('is for backends that are known', () => {
    expect(() => generateKernelPackage(new MemoryTree(), {name: 'a', backend: 'cuda'})).toThrow(
      'backend "cuda": expected one of cpu, wasm, webgl, webgpu',
    );
  });
});

describe('a part of a plugin', () => {
  it('is added to the package that is there, which keeps what it says', () => {
    const packageJson =
      '{\n    "name": "mine",\n    "scripts": {"test": "jest"},\n    "peerDependencies": {"@addernet/nn": "^9.0.0"}\n}\n';
    const tree = new MemoryTree({'package.json': packageJson, 'src/plugin.ts': PLUGIN});
    expect(generateOperator(tree, {name: 'soft-shift'}).folder).toBe('.');
    expect(tree.json('package.json')).toMatchObject({
      name: 'mine',
      scripts: {test: 'jest', typecheck: 'tsc --noEmit'},
      peerDependencies: {'@addernet/nn': '^9.0.0', '@tensorflow/tfjs-layers': '^4.22.0'},
    });
    expect(tree.read('package.json')).toMatch(/^\{\n {4}"name": "mine",\n {4}"scripts": \{\n {8}"test"/);
    expect(tree.read('src/plugin.ts')).toMatch(
      / {2}bind\(mine\);\n[^]* {2}bind\(tokens.operator\).toConstantValue\(softShiftOperator\);\n\}\);/,
    );
    expect(tree.read('src/plugin.ts')).toContain(`import {tokens} from '@addernet/plugin';`);
  });

  it('of two, both are bound', () => {
    const tree = new MemoryTree({'package.json': '{}'});
    generateOperator(tree, {name: 'one'});
    generateOperator(tree, {name: 'two'});
    const plugin = tree.read('src/plugin.ts') ?? '';
    expect(plugin.match(/bind\(tokens\.operator\)\.toConstantValue\((one|two)Operator\)/g)).toHaveLength(2);
    expect(plugin.match(/from '@addernet\/plugin'/g)).toHaveLength(1);
  });

  it('is not written over another of its name', () => {
    const tree = new MemoryTree({'package.json': '{}'});
    generateOperator(tree, {name: 'one'});
    const before = new Map(tree.files);
    expect(() => generateOperator(tree, {name: 'one'})).toThrow(/src\/one\.ts.* exist already; choose another name/);
    expect(tree.files).toEqual(before);
  });

  it.each([
    ['a plugin that is no module', {'package.json': '{}', 'src/plugin.ts': 'export default [];'}],
    ['a plugin that does not parse', {'package.json': '{}', 'src/plugin.ts': 'export default {'}],
    ['a package.json that does not parse', {'package.json': '{', 'src/plugin.ts': PLUGIN}],
    ['a package.json that is a list', {'package.json': '[]', 'src/plugin.ts': PLUGIN}],
  ])('is refused by %s, which is named', (_what, files) => {
    expect(() => generateOperator(new MemoryTree(files), {name: 'one'})).toThrow(GenerateError);
    expect(() => generateOperator(new MemoryTree(files), {name: 'one'})).toThrow(EditError);
    expect(() => generateOperator(new MemoryTree(files), {name: 'one'})).toThrow(/package\.json|src\/plugin\.ts/);
  });
});

it.each(['conv', 'adder'])("an operator is not called %s, as Addernet's own is", (name) => {
  expect(() => generateOperator(new MemoryTree(), {name})).toThrow(/is one of Addernet's own \(conv, adder\)/);
});

describe('an experiment', () => {
  it('loads the plugin of its package', () => {
    const tree = new MemoryTree({'package.json': '{}', 'src/plugin.ts': PLUGIN});
    generateExperiment(tree, {name: 'study'});
    expect(tree.read('experiments/study/experiment.ts')).toContain("plugins: ['../../src/plugin.ts'],");
    expect(tree.read('test/study.test.ts')).toContain('await container.load(plugin);');
  });

  it('does without where there is none', () => {
    const tree = new MemoryTree();
    generateExperiment(tree, {name: 'study'});
    expect(tree.read('study/experiments/study/experiment.ts')).not.toContain('plugins');
    expect(tree.read('study/test/study.test.ts')).not.toContain('plugin');
    expect(tree.json('study/package.json')).toMatchObject({private: true, scripts: {study: 'addernet run study'}});
  });
});
