#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Not in dist, so that `npm ci` in a fresh clone can link it before anything is built.
import {existsSync} from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  const {main} = await import(built.href);
  main(process.argv);
} else {
  console.error('error: @addernet/create is not built yet; in its repository, run: npx nx build create');
  process.exitCode = 1;
}
