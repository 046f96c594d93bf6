// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {resumeExperiment} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {packageVersions} from '../package-versions.js';
import {threadCount} from '../options.js';
import {showExperiment} from '../show-experiment.js';
import {workerCommand} from '../worker-command.js';
import {enableTypeScript} from '../typescript.js';

interface ResumeFlags {
  readonly dataRoot?: string;
  readonly ignoreVersions?: boolean;
  readonly quiet?: boolean;
  readonly threads?: number | 'auto';
}

async function resume(folder: string, flags: ResumeFlags): Promise<void> {
  // Plugins of the experiment may be TypeScript.
  enableTypeScript();
  await showExperiment(flags.quiet === true, (listener, signal) =>
    resumeExperiment({
      folder: path.resolve(folder),
      container: createDefaultContainer(),
      workerCommand,
      listener,
      signal,
      environment: packageVersions(),
      ignoreVersions: flags.ignoreVersions === true,
      ...(flags.threads === undefined ? {} : {threads: flags.threads}),
      ...(flags.dataRoot === undefined ? {} : {dataRoot: path.resolve(flags.dataRoot)}),
    }),
  );
}

const NOTES = `
Finished runs are kept; interrupted and failed ones go on from their newest checkpoint, in the middle of an epoch too. The end
is bit for bit that of an experiment that was never stopped (times apart), on the same backend and versions.

Exit codes: as of \`addernet run\`.`;

export function resumeCommand(): Command {
  return new Command('resume')
    .summary('go on with an experiment that was stopped, killed or failed')
    .description('Goes on with the experiment of a run folder where its checkpoints are.')
    .argument('<folder>', 'run folder, e.g. runs/cifar100-2026-01-31T12-00-00Z')
    .option('--data-root <folder>', 'folder of the datasets (default: the one that the experiment was begun with)')
    .option('--ignore-versions', 'go on although packages have other versions than at the beginning')
    .option(
      '--threads <number>',
      'threads of the kernels, or auto (default: as begun); the result is the same',
      threadCount,
    )
    .option('-q, --quiet', 'no progress, only notices and the result')
    .addHelpText('after', NOTES)
    .action(async (folder: string, flags: ResumeFlags) => resume(folder, flags));
}
