// SPDX-License-Identifier: Apache-2.0
import {InterruptedError} from '../errors.js';

/** Lets the event loop turn once, so that signal handlers and timers run between steps; then stops if that was asked for. */
export async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  stopIfAborted(signal);
}

/** @throws InterruptedError if the signal is aborted */
export function stopIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted === true) throw new InterruptedError();
}

const now = (): number => performance.now() / 1000;

/** Seconds since `start`, which is an earlier `secondsSince(0)`. */
export const secondsSince = (start: number): number => now() - start;
