// SPDX-License-Identifier: Apache-2.0
import {Command} from 'commander';
import {doctorCommand} from './commands/doctor.js';
import {evaluateCommand} from './commands/evaluate.js';
import {listCommand} from './commands/list.js';
import {runCommand} from './commands/run.js';
import {cliVersion} from './package-versions.js';

/** The `addernet` command with its subcommands. */
export function createProgram(): Command {
  return new Command('addernet')
    .description('Compares add-based neural networks with convolutional ones, on TensorFlow.js.')
    .version(cliVersion())
    .option('--debug', 'show stack traces of errors')
    .showHelpAfterError('(addernet --help lists the commands and options)')
    .enablePositionalOptions()
    .addCommand(runCommand())
    .addCommand(listCommand())
    .addCommand(evaluateCommand())
    .addCommand(doctorCommand());
}
