// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {loadPlugins, reportExperiments} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {EXIT} from '../exit-codes.js';
import {collect} from '../options.js';
import {columnsOf, wrapText} from '../text.js';
import {enableTypeScript} from '../typescript.js';

interface ReportFlags {
  readonly output?: string;
  readonly plugin: readonly string[];
}

async function report(folders: readonly string[], {output, plugin}: ReportFlags): Promise<void> {
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, plugin, process.cwd());
  const {files} = await reportExperiments({
    folders,
    container,
    onNotice: (note) => console.log(wrapText(`Note: ${note}`, columnsOf(process.stdout), 2)),
    ...(output === undefined ? {} : {output: path.resolve(output)}),
  });
  // Other reports first: the last line is the one to open.
  for (const file of files.filter((name) => !name.endsWith('.html'))) console.log(file);
  for (const file of files.filter((name) => name.endsWith('.html'))) console.log(file);
  if (files.length === 0) process.exitCode = EXIT.failed;
}

const NOTES = `
One folder: its reports are made anew, in it (also of an experiment that was stopped or killed). Several: one report with all their runs,
which may be of other machines, backends and versions; what differs between them is named, and only runs with the same settings
in the same environment are averaged over seeds.

Folders of experiments that measured inference become a part of the report of the runs beside them: what the runs' networks take, whole and
layer by layer. What was measured of other networks is named and left out. By themselves their own reports are made anew.

Exit codes: 0 done, 1 a folder cannot be used or written.`;

export function reportCommand(): Command {
  return new Command('report')
    .summary('make the report of an experiment anew, or one that compares several')
    .description('Makes reports from the run folders of experiments, without training anything.')
    .argument('<runs...>', 'run folders, e.g. runs/cifar100-2026-01-31T12-00-00Z runs/inference-2026-01-31T15-00-00Z')
    .option(
      '--output <folder>',
      "folder that the reports' folder is made in (default: runs, or where one experiment's reports are made anew its own)",
    )
    .option('--plugin <specifier>', 'load a plugin first (package name or path); repeatable', collect, [])
    .addHelpText('after', NOTES)
    .action(async (folders: readonly string[], flags: ReportFlags) => report(folders, flags));
}
