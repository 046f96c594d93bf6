// SPDX-License-Identifier: Apache-2.0
import {EXIT} from './exit-codes.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Exit code for the signal that came first; undefined while none came. */
  exitCode(): number | undefined;
  /** Stops listening. */
  release(): void;
}

/** One Ctrl-C may arrive twice, from the terminal and from a task runner that passes it on; a person takes longer. */
const SAME_INTERRUPT_MS = 1000;

/**
 * The first Ctrl-C (or SIGTERM, SIGHUP) asks the work to stop and finish its files; a second Ctrl-C ends the process at once. Task
 * runners send SIGTERM after the terminal's SIGINT, so only SIGINT counts as impatience.
 */
export function onInterrupt(tell: (message: string) => void): Interruption {
  const controller = new AbortController();
  let firstInterrupt: number | undefined;
  let code: number | undefined;
  const stop = (name: NodeJS.Signals): void => {
    if (name === 'SIGINT') {
      firstInterrupt ??= performance.now();
      if (performance.now() - firstInterrupt > SAME_INTERRUPT_MS) process.exit(EXIT.interrupted);
    }
    if (code !== undefined) return;
    code = name === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    tell(name === 'SIGINT' ? 'Stopping; files are being finished. Ctrl-C again ends at once.' : `${name}: stopping.`);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => names.forEach((name) => process.off(name, stop)),
  };
}
