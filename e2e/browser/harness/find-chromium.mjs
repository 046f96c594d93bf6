// SPDX-License-Identifier: Apache-2.0
// Run by itself it prints what it finds, which Nx takes into its cache key: tests that were skipped for want of Chromium run once it is there.
import {existsSync, realpathSync, statSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** Where Chromium is looked for, after `$CHROMIUM_PATH`. */
export const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Chromium's path: `$CHROMIUM_PATH`, else the first of the usual places; undefined where there is none.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const {CHROMIUM_PATH: asked} = process.env;
  if (asked === undefined || asked === '') return USUAL_PLACES.find((path) => existsSync(path));
  if (!existsSync(asked)) {
    throw new Error(`CHROMIUM_PATH is ${asked}, which does not exist; expected the path of Chromium's executable`);
  }
  return asked;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const path = findChromium();
  console.log(path === undefined ? 'none' : `${path} ${statSync(path).mtime.toISOString()}`);
}
