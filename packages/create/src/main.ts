// SPDX-License-Identifier: Apache-2.0
import {Command, CommanderError} from 'commander';
import {GenerateError} from './errors.js';
import {describeGenerated, type Generated} from './generated.js';
import {generateArchitecture} from './generators/architecture.js';
import {generateDataset} from './generators/dataset.js';
import {generateExperiment} from './generators/experiment.js';
import {generateKernelPackage, KERNEL_BACKENDS} from './generators/kernel-package.js';
import {generateOperator} from './generators/operator.js';
import {generateTracker} from './generators/tracker.js';
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
  const generated = generate(tree, {...flags, name});
  const files = [...tree.commit()].sort();
  const lines = [`Wrote ${files.length} files:`, ...files.map((file) => `  ${file}`), ''];
  console.log([...lines, ...describeGenerated(generated)].join('\n'));
}

function subcommand(name: string, summary: string, description: string, generate: Generate): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .argument('<name>', "what to call it: lower-case letters, digits and '-'")
    .option('--directory <folder>', 'the folder of its package, relative to this one')
    .addHelpText(
      'after',
      `\nnpm wants '--' before options: npm create @addernet ${name} soft-shift -- --directory=soft`,
    )
    .action((given: string, flags: Flags) => generateHere(generate, given, flags))
    .showHelpAfterError(`(npm create @addernet ${name} -- --help lists what it takes)`)
    .exitOverride();
}

/** What goes into a package that is there, or into a new one. */
const PLUGIN_PARTS: readonly (readonly [kind: string, summary: string, description: string, generate: Generate])[] = [
  [
    'operator',
    'what stands in the place of the convolution',
    'An operator: a 2-D and a fully connected layer, their costs, and a test against the definition.',
    generateOperator,
  ],
  [
    'architecture',
    'a network whose operator is a parameter',
    'An architecture, and a test that builds, trains and saves it with conv and with adder.',
    generateArchitecture,
  ],
  [
    'dataset',
    'images by name, split by split',
    'A dataset adapter, generated images in the place of files, and a test that holds it to what it promises.',
    generateDataset,
  ],
  [
    'tracker',
    'what is taken down of runs while they are trained',
    'A tracker that writes a table of the epochs, and a test of runs that are stopped and go on.',
    generateTracker,
  ],
  [
    'experiment',
    'what is compared, as data',
    'An experiment that loads the plugin of its package, if it has one, and a test that all is there that it names.',
    generateExperiment,
  ],
];

const ELSEWHERE =
  'It goes into the package of the working folder, or, where there is none, into a new package in a folder of its name: sources, test and a page for its docs.';

function createProgram(): Command {
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
  for (const [kind, summary, description, generate] of PLUGIN_PARTS) {
    program.addCommand(subcommand(kind, summary, `${description} ${ELSEWHERE}`, generate));
  }
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
