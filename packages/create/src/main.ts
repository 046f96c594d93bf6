// SPDX-License-Identifier: Apache-2.0
import {Command, CommanderError} from 'commander';
import {GenerateError} from './errors.js';
import type {Generated} from './generated.js';
import {generateKernelPackage, KERNEL_BACKENDS} from './generators/kernel-package.js';
import {generateOperator} from './generators/operator.js';
import {version} from './package-json.js';
import {FolderTree, type Tree} from './tree.js';

interface Flags {
  readonly directory?: string;
  readonly backend?: string;
}

type Generate = (tree: Tree, options: Flags & {readonly name: string}) => Generated;

/** Generates into the working folder, and says what was made and how to go on. */
function generateHere(generate: Generate, name: string, flags: Flags): void {
  const tree = new FolderTree(process.cwd());
  const {folder, next, notes} = generate(tree, {...flags, name});
  const files = tree.commit();
  const width = Math.max(...next.map(([command]) => command.length));
  console.log(
    [
      `Wrote ${files.length} files:`,
      ...[...files].sort().map((file) => `  ${file}`),
      '',
      ...notes,
      '',
      'Next:',
      ...(folder === '.' ? [] : [`  cd ${folder}`]),
      ...next.map(([command, purpose]) => `  ${command.padEnd(width)}   # ${purpose}`),
    ].join('\n'),
  );
}

function subcommand(name: string, summary: string, description: string, generate: Generate): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .argument('<name>', "what to call it: lower-case letters, digits and '-'")
    .option('--directory <folder>', 'the folder of its package, relative to this one')
    .action((given: string, flags: Flags) => generateHere(generate, given, flags))
    .showHelpAfterError(`(npm create @addernet ${name} -- --help lists what it takes)`)
    .exitOverride();
}

const ELSEWHERE =
  'It is added to the package of the working folder (src/, test/, docs/, and to src/plugin.ts), or, where there is none, to a new package in a folder of its name.';

export function createProgram(): Command {
  const program = new Command('npm create @addernet')
    .usage('<kind> <name> [-- options]')
    .description(
      'Generates kernel packages and plugins for Addernet, add-based neural networks on TensorFlow.js: complete, with tests that pass.',
    )
    .version(version)
    .showHelpAfterError('(npm create @addernet -- --help lists what can be generated)')
    .exitOverride();
  program.addCommand(
    subcommand(
      'kernel-package',
      'a package with a kernel, its conformance test and its bench',
      "A package with an AdderConv2D for one of TensorFlow.js's backends, the conformance test that holds it to its definition, a bench against TensorFlow.js and Addernet, and a plugin by which experiments use it. The name may have a scope: @me/fast-adder.",
      generateKernelPackage,
    ).option('--backend <name>', `TensorFlow.js's backend: ${KERNEL_BACKENDS.join(', ')} (default: cpu)`),
  );
  program.addCommand(
    subcommand(
      'operator',
      'what stands in the place of the convolution',
      `An operator: a 2-D and a fully connected layer, their costs, and a test against the definition. ${ELSEWHERE}`,
      generateOperator,
    ),
  );
  return program;
}

/** Runs the command with the arguments of a process; errors become a message and exit code 2, as nothing was written then. */
export function main(argv: readonly string[]): void {
  try {
    createProgram().parse(argv);
  } catch (error) {
    // Commander has said what is wrong; --help and --version come this way too, with 0.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof GenerateError) {
      console.error(`error: ${error.message}`);
      process.exitCode = 2;
    } else {
      throw error;
    }
  }
}
