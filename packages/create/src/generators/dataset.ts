// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import type {Names} from '../names.js';
import {addChangeset, editFile, nextIn, writeIntoPackage} from '../repository.js';
import {addBinding, addExport, ensureImport} from '../source-edits.js';
import type {Tree} from '../tree.js';
import type {PluginOptions} from './options.js';
import {generatePart} from './plugin-part.js';

/** A dataset adapter with generated images in the place of files, and a test that holds it to what it promises. */
export const generateDataset = (tree: Tree, options: PluginOptions): Generated =>
  generatePart(tree, options, {
    kind: 'dataset',
    peers: ['@addernet/core', '@addernet/datasets', '@tensorflow/tfjs-core'],
    development: [],
    test: 'holds the splits to what the adapter promises',
    note: (file) => `The images are made in ${file}; read your files in that place.`,
    intoRepository: intoDatasets,
  });

function intoDatasets(tree: Tree, names: Names): Generated {
  const {kebab, camel} = names;
  const folder = 'packages/datasets';
  const dataset = {name: `${camel}Dataset`, from: `./${kebab}/adapter.js`};
  writeIntoPackage(tree, {
    names,
    template: 'dataset',
    folder,
    files: {
      'src/placeholder-name.ts': 'src/placeholder-name/adapter.ts',
      'test/placeholder-name.test.ts': 'test/placeholder-name.test.ts',
    },
    changes: {
      "import {createImageSplit} from '@addernet/datasets';\n": '',
      "from '@addernet/plugin';\n\nconst TITLE":
        "from '@addernet/plugin';\nimport {createImageSplit} from '../split/image-split.js';\n\nconst TITLE",
      "from '../src/placeholder-name.js'": "from '../src/placeholder-name/adapter.js'",
    },
  });
  editFile(
    tree,
    `${folder}/src/plugin.ts`,
    (source) => ensureImport(source, dataset),
    (source) => addBinding(source, [`bind(tokens.dataset).toConstantValue(${dataset.name});`]),
  );
  editFile(tree, `${folder}/src/index.ts`, (source) =>
    addExport(source, `export {${dataset.name}} from '${dataset.from}';`),
  );
  addChangeset(tree, '@addernet/datasets', 'dataset', names);
  return {
    folder: '.',
    next: nextIn(folder, kebab),
    notes: [
      `The images are made in ${folder}/src/${kebab}/adapter.ts; ${folder}/README.md is to say what they are. A dataset in files begins with a ` +
        'DatasetDefinition, as src/mnist does, so that it is downloaded, checked and replaced by a stand-in like the others.',
    ],
  };
}
