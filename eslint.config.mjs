// SPDX-License-Identifier: Apache-2.0
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom: the layers, from the bottom up. */
const LAYERS = {
  plugin: [],
  core: [],
  kernels: ['core', 'plugin'],
  conformance: ['core'],
  'weight-statistics': ['plugin'],
  nn: ['core', 'plugin'],
  zoo: ['core', 'nn', 'plugin'],
  datasets: ['core', 'plugin'],
  report: ['plugin', 'weight-statistics'],
  trackers: ['plugin'],
  runner: ['core', 'nn', 'plugin', 'weight-statistics'],
  cli: ['core', 'kernels', 'nn', 'zoo', 'datasets', 'plugin', 'report', 'runner', 'trackers'],
  create: [],
  'nx-plugin': ['create'],
  experiments: ['cli', 'nn', 'plugin', 'runner', 'zoo'],
  playground: ['core', 'kernels', 'nn', 'zoo', 'datasets', 'plugin', 'weight-statistics'],
};

const PLUGIN_MESSAGE = 'Main entries are free of inversify; container modules live in src/plugin.ts.';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/reports/**',
      '**/runs/**',
      '.nx/**',
      '**/node_modules/**',
      '**/*.d.ts',
      '**/generated/**',
      // Parts of files, in which imports and names are yet to be used.
      'packages/create/templates/plugin-package/**',
      'docs/.vitepress/{cache,.temp}/**',
    ],
  },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', {fixStyle: 'inline-type-imports'}],
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_', varsIgnorePattern: '^_'}],
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {globals: {process: 'readonly', console: 'readonly', URL: 'readonly'}},
  },
  {
    files: ['packages/*/src/**/*.ts', 'tools/*/src/**/*.ts'],
    plugins: {'@nx': nx},
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', {assertionStyle: 'never'}],
      'max-lines': ['warn', {max: 300, skipBlankLines: true}],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            ...Object.entries(LAYERS).map(([layer, below]) => ({
              sourceTag: `layer:${layer}`,
              onlyDependOnLibsWithTags: below.map((name) => `layer:${name}`),
            })),
            {sourceTag: 'runtime:any', onlyDependOnLibsWithTags: ['runtime:any']},
            {sourceTag: 'runtime:browser', onlyDependOnLibsWithTags: ['runtime:any', 'runtime:browser']},
            {sourceTag: 'runtime:node', onlyDependOnLibsWithTags: ['runtime:any', 'runtime:node']},
          ],
        },
      ],
    },
  },
  {
    files: ['packages/{core,plugin,kernels-*,conformance,nn,zoo,datasets,report,weight-statistics}/src/**/*.ts'],
    ignores: [
      'packages/conformance/src/bench/node/**',
      'packages/*/src/plugin.ts',
      'packages/datasets/src/node/**',
      'packages/datasets/src/node.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{name: 'inversify', message: PLUGIN_MESSAGE}],
          patterns: [{group: ['node:*'], message: 'This entry runs in browsers too.'}],
        },
      ],
    },
  },
  prettier,
);
