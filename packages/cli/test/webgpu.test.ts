// SPDX-License-Identifier: Apache-2.0
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {examples, start, temporaryFolder} from './support.js';

/** SwiftShader as Debian's Chromium brings it: an adapter on machines without a GPU. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const missing = !existsSync(SWIFTSHADER) && process.env.CI !== 'true';
const reason = missing ? ` (skipped, no ${SWIFTSHADER}: install Debian's chromium)` : '';

it.skipIf(missing)(`run trains on webgpu in Node${reason}`, {timeout: 240_000}, async () => {
  const output = temporaryFolder();
  const {code, stdout, stderr} = await start(
    [
      ...['run', path.join(examples, 'experiment.ts'), '--backend=webgpu', '--operators=adder', '--epochs=2'],
      ...['--train-samples=32', '--test-samples=16', '--batch-size=16', `--output=${output}`, '--quiet'],
    ],
    {env: {VK_ICD_FILENAMES: SWIFTSHADER, LD_LIBRARY_PATH: path.dirname(SWIFTSHADER)}},
  ).ended;
  expect(code, stdout + stderr).toBe(0);
  const [run] = readdirSync(output);
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(output, run ?? '', name), 'utf8'));
  expect(read('environment.json')).toMatchObject({
    backend: 'webgpu',
    'backend.runtime': 'Dawn in Node',
    'backend.adapter': expect.stringContaining('swiftshader'),
  });
  expect(read('summary.json')).toMatchObject({runs: [{status: 'finished', operator: 'adder'}]});
});
