// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import type {Names} from '../names.js';
import {addChangeset, addTableRow, editFile, nextIn, writeIntoPackage} from '../repository.js';
import {addBinding, addExport, ensureImport} from '../source-edits.js';
import type {Tree} from '../tree.js';
import type {PluginOptions} from './options.js';
import {generatePart} from './plugin-part.js';

/** A tracker that writes a table of epochs, and a test of runs that are stopped and go on. */
export const generateTracker = (tree: Tree, options: PluginOptions): Generated =>
  generatePart(tree, options, {
    kind: 'tracker',
    peers: [],
    development: [],
    test: 'records runs that are stopped and go on',
    note: (file) => `What is taken down, and where, is in ${file}.`,
    intoRepository: intoTrackers,
  });

function intoTrackers(tree: Tree, names: Names): Generated {
  const {kebab, camel} = names;
  const folder = 'packages/trackers';
  const tracker = {name: `${camel}Tracker`, from: `./${kebab}/${kebab}-tracker.js`};
  writeIntoPackage(tree, {
    names,
    template: 'tracker',
    folder,
    files: {
      'src/placeholder-name.ts': 'src/placeholder-name/placeholder-name-tracker.ts',
      'test/placeholder-name.test.ts': 'test/placeholder-name.test.ts',
    },
    changes: {"from '../src/placeholder-name.js'": "from '../src/placeholder-name/placeholder-name-tracker.js'"},
  });
  editFile(
    tree,
    `${folder}/src/plugin.ts`,
    (source) => ensureImport(source, tracker),
    (source) => addBinding(source, [`bind(tokens.tracker).toConstantValue(${tracker.name});`]),
  );
  editFile(tree, `${folder}/src/index.ts`, (source) =>
    addExport(source, `export {${tracker.name}} from '${tracker.from}';`),
  );
  editFile(tree, `${folder}/README.md`, (source) =>
    addTableRow(source, 'tracker', [`\`${kebab}\``, `\`${kebab}.md\``, 'a table of the epochs']),
  );
  addChangeset(tree, '@addernet/trackers', 'tracker', names);
  return {
    folder: '.',
    next: nextIn(folder, kebab),
    notes: [`What is taken down, and where, is in ${folder}/src/${kebab}/${kebab}-tracker.ts.`],
  };
}
