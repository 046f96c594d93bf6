// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {readWeights} from '../src/index.js';
import '@tensorflow/tfjs-backend-cpu';
import {readLines, readText, temporaryFolder} from './temporary-folder.js';

const output = temporaryFolder();

it('leaves readable files when the process is killed', {timeout: 60_000}, async () => {
  const script = fileURLToPath(new URL('endless.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=@addernet/source', '--import', import.meta.resolve('tsx'), script, output],
    {stdio: ['ignore', 'ignore', 'pipe']},
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'exit');
  const metricsFile = (): string | undefined => {
    const [name] = readdirSync(output);
    const file = name === undefined ? undefined : path.join(output, name, 'metrics.jsonl');
    return file !== undefined && existsSync(file) ? file : undefined;
  };
  try {
    while (child.exitCode === null) {
      const file = metricsFile();
      if (file !== undefined && readText(file).split('\n').length > 3) break;
      await sleep(10);
    }
  } finally {
    child.kill('SIGKILL');
  }
  await exited;
  expect(child.signalCode, errors).toBe('SIGKILL');
  const folder = path.dirname(metricsFile() ?? '');
  const rows = readLines(folder, 'metrics.jsonl');
  expect(rows.length).toBeGreaterThanOrEqual(3);
  expect(rows.at(-1)).toMatchObject({epoch: rows.length});
  const csv = readText(folder, 'metrics.csv').trim().split('\n');
  expect(csv.length - 1).toBeGreaterThanOrEqual(rows.length - 1);
  const summary: unknown = JSON.parse(readText(folder, 'summary.json'));
  expect(summary).toMatchObject({runs: [{status: 'interrupted'}]});
  const weights = await readWeights(path.join(folder, 'pictures-small-plain-seed0'));
  expect(Number(weights.metadata.epoch)).toBeGreaterThanOrEqual(rows.length - 1);
});
