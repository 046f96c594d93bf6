// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';
import {ConfigError, UnknownNameError} from '@addernet/runner';
import * as tf from '@tensorflow/tfjs-core';
import {CommanderError} from 'commander';
import {UsageError} from './errors.js';
import {EXIT} from './exit-codes.js';
import {createProgram} from './program.js';

const isUsage = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof ConfigError || error instanceof UnknownNameError;

/** Runs `addernet` with the arguments of a process; errors become a message and an exit code, never a rejection. */
export async function main(argv: readonly string[]): Promise<void> {
  // Silences TF.js's advice to install tfjs-node.
  tf.enableProdMode();
  const program = createProgram();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    const expected = error instanceof AddernetError;
    const message = error instanceof Error ? error.message : String(error);
    console.error(`error: ${message}`);
    // What is not one of ours is a defect: show where.
    if (error instanceof Error && (!expected || program.opts<{debug?: boolean}>().debug === true))
      console.error(error.stack);
    process.exitCode = isUsage(error) ? EXIT.usage : EXIT.failed;
  }
}
