// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {
  checkExperiment,
  checkInference,
  ConfigError,
  errorText,
  type ExperimentDefinition,
  type InferenceDefinition,
  isOfInference,
} from '@addernet/runner';
import {UsageError} from './errors.js';
import {enableTypeScript} from './typescript.js';

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

/** Folders, below the working folder, whose `<name>/experiment.ts` can be run by name. */
const FOLDERS = ['.', 'experiments', 'src', 'packages/experiments/src'];

const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();

function inFolder(folder: string): string | undefined {
  return EXTENSIONS.map((extension) => path.join(folder, `experiment${extension}`)).find(isFile);
}

/** Experiments that can be run by name from a folder: name and file. */
export function findExperiments(workingFolder: string): {readonly name: string; readonly file: string}[] {
  const found = new Map<string, string>();
  for (const folder of FOLDERS) {
    const absolute = path.resolve(workingFolder, folder);
    if (!existsSync(absolute)) continue;
    for (const entry of readdirSync(absolute, {withFileTypes: true})) {
      if (!entry.isDirectory() || entry.name === 'node_modules') continue;
      const file = inFolder(path.join(absolute, entry.name));
      if (file !== undefined && !found.has(entry.name)) found.set(entry.name, file);
    }
  }
  return [...found].map(([name, file]) => ({name, file})).sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The file that `addernet run FILE|NAME` means.
 *
 * @throws UsageError saying where was looked and which names there are
 */
export function locateExperiment(fileOrName: string, workingFolder: string): string {
  const direct = path.resolve(workingFolder, fileOrName);
  if (isFile(direct)) return direct;
  const asFolder = existsSync(direct) ? inFolder(direct) : undefined;
  if (asFolder !== undefined) return asFolder;
  const experiments = findExperiments(workingFolder);
  const named = experiments.find((experiment) => experiment.name === fileOrName);
  if (named !== undefined) return named.file;
  const known =
    experiments.length === 0
      ? `no experiments were found in ${FOLDERS.map((folder) => path.join(folder, '<name>', 'experiment.ts')).join(', ')}`
      : `valid names: ${experiments.map((experiment) => experiment.name).join(', ')}`;
  throw new UsageError(
    `no such experiment: "${fileOrName}" is neither a file nor a name below ${workingFolder}; ${known}`,
  );
}

/**
 * Imports an experiment's file (TypeScript or JavaScript) and checks its default export.
 *
 * @throws UsageError if it cannot be imported
 * @throws ConfigError if what it exports is no experiment
 */
export async function loadExperiment(file: string): Promise<ExperimentDefinition | InferenceDefinition> {
  enableTypeScript();
  let imported: unknown;
  try {
    imported = await import(pathToFileURL(file).href);
  } catch (error) {
    // defineExperiment checks while the file is imported and cannot know its name.
    if (error instanceof ConfigError) throw error.inFile(file);
    throw new UsageError(`${file}: cannot be imported: ${errorText(error)}`, {cause: error});
  }
  let exported =
    typeof imported === 'object' && imported !== null && 'default' in imported ? imported.default : undefined;
  // JavaScript compiled to CommonJS: its default export is the default's `default`.
  if (typeof exported === 'object' && exported !== null && 'default' in exported) exported = exported.default;
  return isOfInference(exported) ? checkInference(exported, file) : checkExperiment(exported, file);
}
