// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import {NameError} from '../errors.js';
import {type Names, namesOf} from '../names.js';
import {addToPluginPackage, standaloneSteps} from '../plugin-package.js';
import {addChangeset, editFile, nextIn, writeIntoPackage} from '../repository.js';
import {addBinding, addExport, addToArray, ensureImport, type Source} from '../source-edits.js';
import type {Tree} from '../tree.js';
import {isAddernet, join} from '../workspace.js';
import type {PluginOptions} from './options.js';

/** Two operators of a name cannot be loaded together, nor can their layers. */
const OWN_OPERATORS: readonly string[] = ['conv', 'adder'];

/** An operator: two layers that compute it, their costs, and a test against the definition. */
export function generateOperator(tree: Tree, {name, directory}: PluginOptions): Generated {
  const names = namesOf(name, 'operator');
  if (directory === undefined && isAddernet(tree)) return intoNn(tree, names);
  const {kebab, camel, pascal} = names;
  if (OWN_OPERATORS.includes(kebab)) {
    throw new NameError(
      `operator name "${kebab}" is one of Addernet's own (${OWN_OPERATORS.join(', ')}); choose another name`,
    );
  }
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
    development: ['@addernet/kernels-cpu', '@tensorflow/tfjs-backend-cpu'],
  });
  return {
    folder,
    next: standaloneSteps('holds the layers to the definition'),
    notes: [
      `The formula is in ${join(folder, `src/${kebab}-conv2d.ts`)} and ${join(folder, `src/${kebab}-dense.ts`)}.`,
    ],
  };
}

function intoNn(tree: Tree, names: Names): Generated {
  const {kebab, camel, pascal} = names;
  const folder = 'packages/nn';
  const layers = [
    {name: `${pascal}Conv2D`, from: `./layers/${kebab}-conv2d.js`},
    {name: `${pascal}Dense`, from: `./layers/${kebab}-dense.js`},
  ];
  const operator = {name: `${camel}Operator`, from: `./operators/${kebab}.js`};
  const normal = `import {Normal} from '../initializers/normal.js';\n`;
  writeIntoPackage(tree, {
    names,
    template: 'operator',
    folder,
    files: {
      'src/placeholder-name-conv2d.ts': 'src/layers/placeholder-name-conv2d.ts',
      'src/placeholder-name-dense.ts': 'src/layers/placeholder-name-dense.ts',
      'src/placeholder-name.ts': 'src/operators/placeholder-name.ts',
      'test/placeholder-name.test.ts': 'test/placeholder-name.test.ts',
    },
    changes: {
      "import {Conv2DLayer, type Conv2DLayerConfig, Normal} from '@addernet/nn';\n": `${normal}import {Conv2DLayer, type Conv2DLayerConfig} from './conv2d-layer.js';\n`,
      "import {DenseLayer, type DenseLayerConfig, Normal} from '@addernet/nn';\n": `${normal}import {DenseLayer, type DenseLayerConfig} from './dense-layer.js';\n`,
      "import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from '@addernet/nn';\n": `import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from './energy.js';\n`,
      "from './placeholder-name-conv2d.js'": "from '../layers/placeholder-name-conv2d.js'",
      "from './placeholder-name-dense.js'": "from '../layers/placeholder-name-dense.js'",
      "from '@addernet/nn';\nimport * as tf": "from '../src/index.js';\nimport * as tf",
      "from '../src/placeholder-name-conv2d.js'": "from '../src/layers/placeholder-name-conv2d.js'",
      "from '../src/placeholder-name-dense.js'": "from '../src/layers/placeholder-name-dense.js'",
      "from '../src/placeholder-name.js'": "from '../src/operators/placeholder-name.js'",
    },
  });
  editFile(
    tree,
    `${folder}/src/register-classes.ts`,
    ...layers.flatMap((layer) => [
      (source: Source) => ensureImport(source, layer),
      (source: Source) => addToArray(source, 'CLASSES', layer.name),
    ]),
  );
  editFile(
    tree,
    `${folder}/src/plugin.ts`,
    (source) => ensureImport(source, operator),
    (source) => addBinding(source, [`bind(tokens.operator).toConstantValue(${operator.name});`]),
  );
  editFile(tree, `${folder}/src/index.ts`, (source) =>
    [...layers, operator].reduce((text, {name, from}) => addExport(text, `export {${name}} from '${from}';`), source),
  );
  addChangeset(tree, '@addernet/nn', 'operator', names);
  return {
    folder: '.',
    next: nextIn(folder, kebab),
    notes: [
      `The formula is in ${folder}/src/layers/${kebab}-conv2d.ts and ${kebab}-dense.ts; ${folder}/README.md is to say what the operator is.`,
    ],
  };
}
