// SPDX-License-Identifier: Apache-2.0
/**
 * The adder and the convolution of @addernet/core against TensorFlow.js's conv2d, on every backend in Chromium:
 *
 *     npx nx run e2e-browser:bench --backends=wasm,webgl --shapes=resnet20 --batch=4 --rounds=5 --json=FILE
 */
import {geometricMean} from '@addernet/conformance/bench';
import {mkdir, rename, writeFile} from 'node:fs/promises';
import {cpus, loadavg} from 'node:os';
import {dirname} from 'node:path';
import {parseArgs} from 'node:util';
import {bundleWithVite} from '../harness/bundle.ts';
import {PageSession} from '../harness/page-session.ts';
import type {BackendKey} from '../pages/backends.ts';
import type {BenchPage, BenchTime} from '../pages/bench.ts';
import type {Environment} from '../pages/environment.ts';

const BACKENDS: readonly BackendKey[] = ['cpu', 'wasm', 'webgl', 'webgpu'];
/** Time limit of a layer, ms. */
const LIMIT = 300_000;

const {values} = parseArgs({
  options: {
    backends: {type: 'string', default: BACKENDS.join(',')},
    shapes: {type: 'string', default: 'resnet20'},
    batch: {type: 'string', default: '4'},
    rounds: {type: 'string', default: '5'},
    json: {type: 'string', default: 'reports/bench.json'},
  },
});
const backends = values.backends.split(',').map((name) => {
  const known = BACKENDS.find((backend) => backend === name);
  if (known === undefined) throw new Error(`--backends has ${name}; expected some of ${BACKENDS.join(', ')}`);
  return known;
});
const batch = positive('batch', values.batch);
const rounds = positive('rounds', values.rounds);

const results: {backend: BackendKey; environment: Environment; times: readonly BenchTime[]}[] = [];
const bundle = await bundleWithVite('bench');
try {
  for (const backend of backends) {
    const page = await PageSession.open<BenchPage>(bundle, 'bench');
    try {
      const environment = await page.call('start', {backend}, 60_000);
      console.log(`\n${backend}: ${JSON.stringify(environment)}`);
      const times: BenchTime[] = [];
      const layers = await page.call('layers', values.shapes, 10_000);
      for (let layer = 0; layer < layers; layer++) {
        const measured = await page.call('bench', {shapes: values.shapes, layer, batch, rounds}, LIMIT);
        for (const time of measured) console.log(line(time));
        times.push(...measured);
      }
      for (const kind of new Set(times.map(kindOf))) {
        const ratios = times.filter((time) => kindOf(time) === kind).map(({ratio}) => ratio);
        console.log(`  ${kind}: geometric mean ${geometricMean(ratios).toFixed(2)}`);
      }
      results.push({backend, environment, times});
    } finally {
      await page.close();
    }
  }
} finally {
  await bundle.close();
}

const report = {
  date: new Date().toISOString(),
  machine: {processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load: loadavg()[0]},
  ...{shapes: values.shapes, batch, rounds, results},
};
await mkdir(dirname(values.json), {recursive: true});
const temporary = `${values.json}.${process.pid}.tmp`;
await writeFile(temporary, `${JSON.stringify(report, undefined, 2)}\n`);
await rename(temporary, values.json);
console.log(`\n${values.json}`);

function kindOf({part, operator}: BenchTime): string {
  return `${part}, ${operator}`;
}

function line({layer, part, operator, milliseconds, tfjsMilliseconds, ratio, spread: [low, high]}: BenchTime): string {
  const times = `${milliseconds.toFixed(2)} ms, TF.js ${tfjsMilliseconds.toFixed(2)} ms`;
  return `  ${layer}, ${part}, ${operator}: ${times}, ratio ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${option} is ${text}; expected a positive integer`);
}
