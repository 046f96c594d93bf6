// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import type {Names} from '../names.js';
import {addChangeset, addTableRow, editFile, nextIn, writeIntoPackage} from '../repository.js';
import {addExport, addToArray, ensureImport} from '../source-edits.js';
import type {Tree} from '../tree.js';
import type {PluginOptions} from './options.js';
import {generatePart} from './plugin-part.js';

/** An architecture whose operator is a parameter, and a test that builds, trains and saves it with conv and with adder. */
export const generateArchitecture = (tree: Tree, options: PluginOptions): Generated =>
  generatePart(tree, options, {
    kind: 'architecture',
    peers: ['@addernet/nn', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
    development: ['@addernet/kernels-cpu', '@tensorflow/tfjs-backend-cpu'],
    test: 'builds, trains and saves it with conv and with adder',
    note: (file) => `The network is in ${file}.`,
    intoRepository: intoZoo,
  });

function intoZoo(tree: Tree, names: Names): Generated {
  const {kebab, camel} = names;
  const folder = 'packages/zoo';
  const from = `./architectures/${kebab}.js`;
  writeIntoPackage(tree, {
    names,
    template: 'workspace-architecture',
    folder,
    files: {
      'src/architectures/placeholder-name.ts': 'src/architectures/placeholder-name.ts',
      'test/placeholder-name.test.ts': 'test/placeholder-name.test.ts',
    },
  });
  editFile(
    tree,
    `${folder}/src/create-model.ts`,
    (source) => ensureImport(source, {name: camel, from}),
    (source) => addToArray(source, 'architectures', camel),
  );
  editFile(tree, `${folder}/src/index.ts`, (source) => addExport(source, `export {${camel}} from '${from}';`));
  editFile(tree, `${folder}/README.md`, (source) =>
    addTableRow(source, 'name', [
      `\`${kebab}\``,
      'plain, 8/16/16/32 channels',
      'stem, head',
      '1.18 M (32×32×3)',
      '0.01 M',
    ]),
  );
  addChangeset(tree, '@addernet/zoo', 'architecture', names);
  return {
    folder: '.',
    next: nextIn(folder, kebab),
    notes: [
      `The network is in ${folder}/src/architectures/${kebab}.ts; its row in ${folder}/README.md and its counts in the test are to be kept in step.`,
    ],
  };
}
