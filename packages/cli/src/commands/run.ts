// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {
  configFields,
  inferenceFields,
  parseOverrideArguments,
  runExperiment,
  runInference,
  type ConfigField,
} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {UsageError} from '../errors.js';
import {loadExperiment, locateExperiment} from '../experiment-file.js';
import {keptByNx} from '../nx-arguments.js';
import {packageVersions} from '../package-versions.js';
import {showExperiment} from '../show-experiment.js';
import {showInference} from '../show-inference.js';
import {workerCommand} from '../worker-command.js';
import {columnsOf, definitionList} from '../text.js';

interface RunFlags {
  readonly variant?: string;
  readonly dataRoot?: string;
  readonly quiet?: boolean;
}

/** The lower part of `addernet run --help`: every field of the configuration. */
function fieldHelp(): string {
  const columns = process.stdout.isTTY ? columnsOf(process.stdout) : 120;
  const list = (fields: readonly ConfigField[]): string => definitionList(fields.map(fieldItem), columns);
  return [
    '',
    "Any field of the experiment's configuration, as --field=value:",
    list(configFields()),
    '',
    'Those of an experiment that measures inference:',
    list(inferenceFields.fields),
  ].join('\n');
}

function fieldItem({flag, help, expected, default: standard}: ConfigField): {
  readonly term: string;
  readonly text: string;
} {
  const text = Array.isArray(standard) ? standard.join(',') : String(standard);
  const fallback = standard === undefined || text === '' ? '' : ` [default: ${text}]`;
  return {term: flag, text: `${help}: ${expected}${fallback}`};
}

const EXAMPLES = `
Examples:
  addernet run cifar100
  addernet run cifar100 --variant=paper --seeds=3
  addernet run ./my/experiment.ts --epochs=2 --operators=adder,conv --backend=cpu
  addernet run cifar100 --optimizer.learning-rate=0.05 --no-augmentation
  addernet run inference --architectures=resnet20,vgg-small --backends=wasm --batchSizes=1,32

Ctrl-C stops after the current step, saves the state and finishes every file; "addernet resume <folder>" goes on from
there, as it does after a crash, with the same result as without a stop.
Exit codes: 0 done, 1 a run failed, 2 wrong arguments or configuration, 130 Ctrl-C, 143 SIGTERM.`;

async function run(args: readonly string[], flags: RunFlags): Promise<void> {
  const [fileOrName, ...rest] = args;
  if (fileOrName === undefined || fileOrName.startsWith('-')) {
    throw new UsageError(
      `run: given ${fileOrName === undefined ? 'no experiment' : `"${fileOrName}" first`}, expected an experiment's file or name, then its overrides: addernet run cifar100 --epochs=2`,
    );
  }
  const kept = keptByNx(rest);
  if (kept.length > 0) {
    throw new UsageError(
      `run: Nx did not pass on ${kept.join(', ')}; write such fields in camel case (--batchSize=64: Nx takes --batch-size for its own ` +
        '--batch), or put all arguments behind a lone --',
    );
  }
  const workingFolder = process.cwd();
  const file = locateExperiment(fileOrName, workingFolder);
  const definition = await loadExperiment(file);
  if ('kind' in definition) {
    await showInference(flags.quiet === true, (listener, signal) =>
      runInference({
        definition,
        file,
        overrides: parseOverrideArguments(rest, inferenceFields),
        container: createDefaultContainer(),
        listener,
        signal,
        workingFolder,
        environment: packageVersions(),
        ...(flags.variant === undefined ? {} : {variant: flags.variant}),
      }),
    );
    return;
  }
  const overrides = parseOverrideArguments(rest);
  await showExperiment(flags.quiet === true, (listener, signal) =>
    runExperiment({
      definition,
      file,
      overrides,
      container: createDefaultContainer(),
      workerCommand,
      listener,
      signal,
      workingFolder,
      environment: packageVersions(),
      ...(flags.variant === undefined ? {} : {variant: flags.variant}),
      ...(flags.dataRoot === undefined ? {} : {dataRoot: path.resolve(flags.dataRoot)}),
    }),
  );
}

export function runCommand(): Command {
  return new Command('run')
    .summary('run an experiment and write its report')
    .description(
      'Runs an experiment: every dataset × architecture × operator × recipe × seed of it, one after the other.',
    )
    .usage('<experiment> [options] [--field=value …]')
    .argument('<experiment>', "an experiment's file, or the name of one below the working folder (see `addernet list`)")
    .option('--variant <name>', "one of the experiment's variants, e.g. paper or smoke")
    .option(
      '--data-root <folder>',
      "folder of the datasets (default: $ADDERNET_DATA, else the platform's cache folder)",
    )
    .option('-q, --quiet', 'no progress, only notices and the result')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', () => fieldHelp() + '\n' + EXAMPLES)
    .action(async (_experiment: string, flags: RunFlags, command: Command) => run(command.args, flags));
}
