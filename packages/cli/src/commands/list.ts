// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {listBound, loadPlugins} from '@addernet/runner';
import {Command} from 'commander';
import type {Container} from 'inversify';
import {createDefaultContainer} from '../composition.js';
import {findExperiments, loadExperiment, locateExperiment} from '../experiment-file.js';
import {collect} from '../options.js';
import {columnsOf, definitionList} from '../text.js';
import {enableTypeScript} from '../typescript.js';

interface ListFlags {
  readonly plugin: readonly string[];
  readonly experiment?: string;
  readonly dataRoot?: string;
  readonly json?: boolean;
}

/** What `--json` prints per thing; the keys depend on the kind. */
interface Listed {
  readonly name: string;
  readonly description: string;
  readonly [more: string]: string;
}

async function inventory(container: Container, dataRoot: string | undefined): Promise<Record<string, Listed[]>> {
  const datasets = listBound(container, 'dataset').map(async (dataset): Promise<Listed> => {
    const status = await dataset.status(dataRoot === undefined ? {} : {root: dataRoot});
    return {name: dataset.name, description: dataset.description, available: status.available, detail: status.detail};
  });
  const backends = listBound(container, 'backend').map(async (backend): Promise<Listed> => {
    const reason = await backend.unavailableReason();
    return {
      name: backend.name,
      description: backend.description,
      available: reason === undefined ? 'yes' : 'no',
      detail: reason ?? `speed ${backend.speed}, kernels ${backend.kernelPackage ?? "composed of TF.js's"}`,
    };
  });
  return {
    operators: listBound(container, 'operator').map(({name, description}) => ({name, description})),
    architectures: listBound(container, 'architecture').map(({name, description, source}) => ({
      name,
      description,
      source,
    })),
    datasets: await Promise.all(datasets),
    recipes: listBound(container, 'recipe').map(({name, description, source, notes}) => ({
      name,
      description,
      detail: source,
      notes: notes.join('\n'),
    })),
    backends: await Promise.all(backends),
    launchers: listBound(container, 'launcher').map(({name, description}) => ({name, description})),
    trackers: listBound(container, 'tracker').map(({name, description}) => ({name, description})),
    reporters: listBound(container, 'reporter').map(({name, fileName}) => ({name, description: `writes ${fileName}`})),
  };
}

/** A thing's description, and below it what it is here. */
function entryText({description, available, detail}: Listed): string {
  if (detail === undefined) return description;
  return `${description}\n${available === 'no' ? 'not available: ' : ''}${detail}`;
}

async function list(flags: ListFlags): Promise<void> {
  const workingFolder = process.cwd();
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, flags.plugin, workingFolder);
  if (flags.experiment !== undefined) {
    const file = locateExperiment(flags.experiment, workingFolder);
    const definition = await loadExperiment(file);
    const plugins = [...(definition.plugins ?? []), ...(definition.config.plugins ?? [])];
    await loadPlugins(container, plugins, path.dirname(file));
  }
  const experiments = findExperiments(workingFolder).map(({name, file}) => ({
    name,
    description: path.relative(workingFolder, file),
  }));
  const all = {...(await inventory(container, flags.dataRoot)), experiments};
  if (flags.json === true) {
    console.log(JSON.stringify(all, null, 2));
    return;
  }
  const columns = columnsOf(process.stdout);
  const sections = Object.entries(all).map(([kind, entries]) => {
    const items = entries.map((entry) => ({term: entry.name, text: entryText(entry)}));
    return `${kind}\n${items.length === 0 ? '  none' : definitionList(items, columns)}`;
  });
  console.log(sections.join('\n\n'));
}

export function listCommand(): Command {
  return new Command('list')
    .summary('list what an experiment can name')
    .description(
      'Lists operators, architectures, datasets, recipes, backends, launchers, trackers, reporters and the experiments below the working folder.',
    )
    .option('--plugin <specifier>', 'load a plugin first (package name or path); repeatable', collect, [])
    .option('--experiment <file|name>', "load an experiment's plugins first")
    .option(
      '--data-root <folder>',
      "folder of the datasets (default: $ADDERNET_DATA, else the platform's cache folder)",
    )
    .option('--json', 'print one JSON object')
    .action(async (flags: ListFlags) => list(flags));
}
