// SPDX-License-Identifier: Apache-2.0
import {Command} from 'commander';
import {countCommand} from './commands/count.js';
import {doctorCommand} from './commands/doctor.js';
import {evaluateCommand} from './commands/evaluate.js';
import {exportCommand} from './commands/export.js';
import {featuresCommand} from './commands/features.js';
import {listCommand} from './commands/list.js';
import {reportCommand} from './commands/report.js';
import {resumeCommand} from './commands/resume.js';
import {runCommand} from './commands/run.js';
import {workCommand} from './commands/work.js';
import {cliVersion} from './package-versions.js';

/** The `addernet` command with its subcommands. Where commander would end the process, it throws a CommanderError. */
export function createProgram(): Command {
  const program = new Command('addernet')
    .description('Compares add-based neural networks with convolutional ones, on TensorFlow.js.')
    .version(cliVersion())
    .showHelpAfterError('(addernet --help lists the commands)')
    .enablePositionalOptions()
    .exitOverride();
  for (const command of [
    runCommand(),
    resumeCommand(),
    reportCommand(),
    listCommand(),
    evaluateCommand(),
    exportCommand(),
    countCommand(),
    featuresCommand(),
    doctorCommand(),
    workCommand(),
  ]) {
    command
      .exitOverride()
      .showHelpAfterError(`(addernet ${command.name()} --help lists what it takes)`)
      .option('--debug', 'show stack traces of errors');
    program.addCommand(command);
  }
  return program;
}
