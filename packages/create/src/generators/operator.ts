// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import {namesOf} from '../names.js';
import {addToPluginPackage} from '../plugin-package.js';
import type {Tree} from '../tree.js';
import {join} from '../workspace.js';
import type {PluginOptions} from './options.js';

/** An operator: two layers that compute it, their costs, and a test against the definition. */
export function generateOperator(tree: Tree, {name, directory}: PluginOptions): Generated {
  const names = namesOf(name, 'operator');
  const {kebab, camel, pascal} = names;
  const folder = addToPluginPackage(tree, {
    names,
    template: 'operator',
    directory,
    imports: [
      {name: 'serialization', from: '@tensorflow/tfjs-core'},
      {name: `${pascal}Conv2D`, from: `./${kebab}-conv2d.js`},
      {name: `${pascal}Dense`, from: `./${kebab}-dense.js`},
      {name: `${camel}Operator`, from: `./${kebab}.js`},
    ],
    binding: [
      '// So that saved models with these layers can be loaded.',
      `serialization.registerClass(${pascal}Conv2D);`,
      `serialization.registerClass(${pascal}Dense);`,
      `bind(tokens.operator).toConstantValue(${camel}Operator);`,
    ],
    peers: ['@addernet/core', '@addernet/nn', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
    development: [
      '@addernet/core',
      '@addernet/kernels-cpu',
      '@addernet/nn',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-layers',
    ],
  });
  return {
    folder,
    next: [
      ['npm install', 'installs what it builds on'],
      ['npm test', 'holds the layers to the definition'],
      ['npx addernet list --plugin ./src/plugin.ts', 'shows it among the operators'],
    ],
    notes: [
      `The formula is in ${join(folder, `src/${kebab}-conv2d.ts`)} and ${join(folder, `src/${kebab}-dense.ts`)}.`,
    ],
  };
}
