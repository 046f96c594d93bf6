#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Not in dist, so that `npm ci` in a fresh clone can link it before anything is built.
import {existsSync} from 'node:fs';

const built = new URL('../dist/bin.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error('error: addernet is not built yet; in its repository, run: npx nx build cli');
  process.exitCode = 1;
}
