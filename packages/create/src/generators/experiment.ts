// SPDX-License-Identifier: Apache-2.0
import {ExistsError} from '../errors.js';
import type {Generated} from '../generated.js';
import {type Names, namesOf} from '../names.js';
import {extendPackageJson, ranges, readPackageJson} from '../package-json.js';
import {preparePackage, standaloneSteps} from '../plugin-package.js';
import {nextIn, writeIntoPackage} from '../repository.js';
import {renderTemplate} from '../templates.js';
import type {Tree} from '../tree.js';
import {isAddernet, join, writeNew} from '../workspace.js';
import type {PluginOptions} from './options.js';

/** An experiment, and a test that all that it names is there. Where the package has a plugin, the experiment loads it. */
export function generateExperiment(tree: Tree, {name, directory}: PluginOptions): Generated {
  const names = namesOf(name, 'experiment');
  if (directory === undefined && isAddernet(tree)) return intoExperiments(tree, names);
  const {folder, isNew} = preparePackage(tree, names, directory);
  const hasPlugin = tree.exists(join(folder, 'src/plugin.ts'));
  const replacements: Readonly<Record<string, string>> = hasPlugin
    ? {
        'plugins: []': "plugins: ['../../src/plugin.ts']",
        "import experiment from '../experiments/placeholder-name/experiment.js';": `import experiment from '../experiments/placeholder-name/experiment.js';\nimport plugin from '../src/plugin.js';`,
        'const container = createDefaultContainer();':
          'const container = createDefaultContainer();\n  await container.load(plugin);',
      }
    : {'  plugins: [],\n': ''};
  writeNew(tree, folder, renderTemplate('experiment', {names, replacements, licensed: false}));
  extendPackageJson(tree, join(folder, 'package.json'), {
    ...(isNew ? {name: names.kebab, version: '0.1.0', private: true, type: 'module'} : {}),
    scripts: {typecheck: 'tsc --noEmit', test: 'vitest run', [names.kebab]: `addernet run ${names.kebab}`},
    devDependencies: ranges('@addernet/cli', '@addernet/runner', '@types/node', 'typescript', 'vitest'),
  });
  return {
    folder,
    next: [
      ...standaloneSteps('looks whether all is there that it names'),
      [`npx addernet run ${names.kebab} --variant=smoke`, 'runs it in seconds'],
    ],
    notes: [`What is compared is in ${join(folder, `experiments/${names.kebab}/experiment.ts`)}.`],
  };
}

function intoExperiments(tree: Tree, names: Names): Generated {
  const {kebab} = names;
  const folder = 'packages/experiments';
  const file = `${folder}/package.json`;
  const scripts = readPackageJson(tree, file)?.['scripts'];
  if (typeof scripts === 'object' && scripts !== null && kebab in scripts) {
    throw new ExistsError(`${file} has a script ${kebab} already; choose another name`);
  }
  writeIntoPackage(tree, {
    names,
    template: 'experiment',
    folder,
    files: {
      'experiments/placeholder-name/experiment.ts': 'src/placeholder-name/experiment.ts',
      'test/placeholder-name.test.ts': 'test/placeholder-name.test.ts',
    },
    changes: {
      '  plugins: [],\n': '',
      "from '../experiments/placeholder-name/experiment.js'": "from '../src/placeholder-name/experiment.js'",
    },
  });
  const run = `cd ../.. && node packages/cli/dist/bin.js run ${kebab}`;
  extendPackageJson(tree, file, {
    scripts: {[kebab]: run, [`${kebab}:smoke`]: `${run} --variant smoke`},
    nx: {
      targets: {
        [kebab]: {
          executor: 'nx:run-script',
          dependsOn: ['^build'],
          options: {script: kebab},
          configurations: {smoke: {script: `${kebab}:smoke`}},
        },
      },
    },
  });
  return {
    folder: '.',
    next: [
      ...nextIn(folder, kebab),
      [`npx nx run experiments:${kebab}:smoke`, 'runs it in a minute, data and all'],
      [`npx nx run experiments:${kebab}`, 'runs it'],
    ],
    notes: [`What is compared is in ${folder}/src/${kebab}/experiment.ts.`],
  };
}
