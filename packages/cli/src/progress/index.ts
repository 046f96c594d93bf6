// SPDX-License-Identifier: Apache-2.0
import type {RunListener} from '@addernet/runner';
import {barProgress} from './bars.js';
import {lineProgress} from './lines.js';

export interface Progress {
  readonly listener: RunListener;
  stop(): void;
}

/** Bars on a terminal, lines elsewhere; only notices when quiet. */
export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  const write = (line: string): void => void stream.write(`${line}\n`);
  if (quiet) return {listener: {onNotice: write}, stop: () => undefined};
  if (stream.isTTY) return barProgress(stream);
  return {listener: lineProgress(write), stop: () => undefined};
}
