// SPDX-License-Identifier: Apache-2.0
import type {Generated} from '../generated.js';
import {type Names, namesOf} from '../names.js';
import {addToPluginPackage, standaloneSteps} from '../plugin-package.js';
import {addChangeset, addTableRow, editFile, nextIn, writeIntoPackage} from '../repository.js';
import {addBinding, addExport, ensureImport} from '../source-edits.js';
import type {Tree} from '../tree.js';
import {isAddernet, join} from '../workspace.js';
import type {PluginOptions} from './options.js';

/** A tracker that writes a table of epochs, and a test of runs that are stopped and go on. */
export function generateTracker(tree: Tree, {name, directory}: PluginOptions): Generated {
  const names = namesOf(name, 'tracker');
  if (directory === undefined && isAddernet(tree)) return intoTrackers(tree, names);
  const tracker = `${names.camel}Tracker`;
  const folder = addToPluginPackage(tree, {
    names,
    template: 'tracker',
    directory,
    imports: [{name: tracker, from: `./${names.kebab}.js`}],
    binding: [`bind(tokens.tracker).toConstantValue(${tracker});`],
    peers: [],
    development: [],
  });
  return {
    folder,
    next: standaloneSteps('records runs that are stopped and go on'),
    notes: [`What is taken down, and where, is in ${join(folder, `src/${names.kebab}.ts`)}.`],
  };
}

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
    folder,
    next: nextIn(folder, kebab),
    notes: [`What is taken down, and where, is in ${folder}/src/${kebab}/${kebab}-tracker.ts.`],
  };
}
