// SPDX-License-Identifier: Apache-2.0
import {inspect} from 'node:util';
import {AddernetError} from '@addernet/core';
import {
  ConfigError,
  DuplicateNameError,
  EvaluateOptionError,
  FeaturesOptionError,
  PluginError,
  UnknownNameError,
} from '@addernet/runner';
import * as tf from '@tensorflow/tfjs-core';
import {CommanderError} from 'commander';
import {UsageError} from './errors.js';
import {EXIT} from './exit-codes.js';
import {createProgram} from './program.js';

/** Errors of the command line or of a configuration, found before anything is begun. */
const USAGE_ERRORS = [
  UsageError,
  ConfigError,
  UnknownNameError,
  DuplicateNameError,
  PluginError,
  EvaluateOptionError,
  FeaturesOptionError,
] as const;

const isUsage = (error: unknown): boolean => USAGE_ERRORS.some((type) => error instanceof type);

/** Runs `addernet` with the arguments of a process; errors become a message and an exit code, never a rejection. */
export async function main(argv: readonly string[]): Promise<void> {
  // Silences TF.js's advice to install tfjs-node.
  tf.enableProdMode();
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    // Commander has said what is wrong; --help and --version come this way too, with 0.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    // What is not one of ours is a defect: show where.
    if (argv.includes('--debug') || !(error instanceof AddernetError)) console.error(inspect(error));
    process.exitCode = isUsage(error) ? EXIT.usage : EXIT.failed;
  }
}
