// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {EXIT} from './exit-codes.js';
import {onInterrupt} from './interrupt.js';
import {createProgress} from './progress/index.js';

export interface Interruptible {
  readonly listener: RunListener;
  readonly signal: AbortSignal;
  /** Clears the progress from the screen, before the result. */
  stopProgress(): void;
}

/** Work with progress that Ctrl-C stops: then 'interrupted' is said and the exit code set, and what the work throws at that is no error. */
export async function interruptible(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  work: (context: Interruptible) => Promise<void>,
): Promise<void> {
  const progress = createProgress(stream, quiet);
  const interruption = onInterrupt((message) => progress.listener.onNotice?.(message));
  try {
    await work({listener: progress.listener, signal: interruption.signal, stopProgress: progress.stop});
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    progress.stop();
    console.error('interrupted');
    process.exitCode = interruption.exitCode() ?? EXIT.interrupted;
  } finally {
    progress.stop();
    interruption.release();
  }
}
