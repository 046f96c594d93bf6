// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {benchAwaitedLayer, type BenchReport} from '../src/bench/index.js';
import {runBench} from '../src/bench/node/index.js';
import {registerArrayKernels} from './support/reference-kernels.js';
import {SMALL_LAYER} from './support/small-layer.js';
import {useThrowAwayBackends} from './support/throw-away-backend.js';

tf.enableProdMode();
const backendName = useThrowAwayBackends();

describe('the bench command', () => {
  const program = {
    title: 'a bench',
    start: async () => undefined,
    register: () => registerArrayKernels(backendName()),
    details: () => ({simd: 'no'}),
    versions: {mine: '1.2.3'},
  };

  it('writes the report of what the arguments ask for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'));
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    try {
      const json = join(folder, 'deep', 'bench.json');
      await runBench(program, [
        '--quick',
        `--filter=${SMALL_LAYER}`,
        '--parts=forward',
        '--batch=1',
        '--rounds=2',
        `--json=${json}`,
      ]);
      const report = JSON.parse(await readFile(json, 'utf8')) as BenchReport;
      expect(report).toMatchObject({
        schema: 'addernet-bench/1',
        versions: {node: process.versions.node, '@tensorflow/tfjs-core': tf.version_core, mine: '1.2.3'},
        backend: {name: backendName(), simd: 'no'},
        clock: 'cpu',
        ...{batchNorm: [], replacements: [], models: [], memory: []},
      });
      expect(new Date(report.date).getTime()).toBeGreaterThan(Date.now() - 60_000);
      expect(report.kernels.map(({kernel, rounds}) => [kernel, rounds])).toEqual([
        ['adder', 2],
        ['conv', 2],
      ]);
      expect(report.means).toHaveLength(4);
      expect(lines.join('\n')).toContain('9×9×100 → 100, 1×1');
    } finally {
      await rm(folder, {recursive: true});
    }
  });

  it('waits for a backend that answers before the work is done, and then measures kernels alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'));
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const json = join(folder, 'bench.json');
      const parts = '--parts=forward,batch-norm,models';
      const layers: string[] = [];
      await runBench(
        {
          ...program,
          // As where the backend runs in a page, and TF.js's current one here is none of it.
          details: () => ({name: 'elsewhere'}),
          benchLayer: (part, set, layer, options) => {
            layers.push(`${set.name} ${part.name}`);
            return benchAwaitedLayer(part, set, layer, {...options, leastMilliseconds: 1});
          },
        },
        ['--quick', `--filter=${SMALL_LAYER}`, parts, '--batch=1', '--rounds=2', `--json=${json}`],
      );
      expect(layers).toEqual(['other forward']);
      const report = JSON.parse(await readFile(json, 'utf8')) as BenchReport;
      expect(report).toMatchObject({clock: 'wall', backend: {name: 'elsewhere'}, batchNorm: [], models: []});
      expect(report.kernels.map(({kernel, rounds}) => [kernel, rounds])).toEqual([
        ['adder', 2],
        ['conv', 2],
      ]);
    } finally {
      await rm(folder, {recursive: true});
    }
  });

  it.each([
    [
      '--parts=forwards',
      '--parts=forwards: expected some of forward, input-gradient, filter-gradient, batch-norm, replacements, models, memory',
    ],
    ['--shapes=vgg', '--shapes=vgg: expected some of resnet20, vgg-small, resnet18, other, mobilenet-v2'],
    ['--rounds=0', '--rounds=0: expected an integer of at least 1'],
    ['--filter=nothing', '--filter=nothing: no layer of resnet20, vgg-small, resnet18, other, mobilenet-v2 has it'],
  ])('says what is wrong with %s', async (argument, message) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await expect(runBench(program, [argument])).rejects.toThrow(message);
  });

  it('explains itself', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await runBench({...program, start: () => expect.fail('it started')}, ['--help']);
    expect(log.mock.calls.join()).toMatch(/a bench[^]*--quick[^]*--filter=TEXT/);
  });
});
