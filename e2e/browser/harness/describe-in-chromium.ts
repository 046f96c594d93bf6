// SPDX-License-Identifier: Apache-2.0
import {describe} from 'vitest';
import {inCi} from './chromium.ts';
import {findChromium} from './find-chromium.mjs';

/** A `describe` that is skipped, by name, where there is no Chromium; in CI its tests then fail. */
export function describeInChromium(name: string, body: () => void): void {
  const missing = findChromium() === undefined && !inCi();
  const reason = missing ? ' (skipped, no Chromium found: install it or set CHROMIUM_PATH)' : '';
  describe.skipIf(missing)(`${name}${reason}`, body);
}

/**
 * Runs what starts a backend and logs what it says of its environment.
 *
 * @returns why the backend is missing; in CI that is an error.
 */
export async function whyMissing(name: string, start: () => Promise<unknown>): Promise<string | undefined> {
  try {
    console.log(`${name}: ${JSON.stringify(await start())}`);
    return undefined;
  } catch (error) {
    if (inCi()) throw error;
    return String(error);
  }
}
