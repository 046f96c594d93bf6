// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {
  benchAwaitedLayer,
  benchKernels,
  benchParts,
  type BenchReport,
  geometricMean,
  type KernelBenchOptions,
  kernelMeans,
  type KernelTime,
  median,
  quantile,
  shapeSets,
  tfjsKernels,
  timeAwaitedInRounds,
  timeInRounds,
  timeRatio,
} from '../src/bench/index.js';
import {runBench} from '../src/bench/node/index.js';
import {registerArrayKernels} from './support/reference-kernels.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

tf.enableProdMode();
let backend = '';

beforeEach(async () => {
  backend = await startThrowAwayBackend();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await removeThrowAwayBackend(backend);
});

/** One layer, of few taps. */
const SMALL = 'other 9×9×100';
const options = (changes: Partial<KernelBenchOptions> = {}): KernelBenchOptions => {
  const tfjs = tfjsKernels();
  registerArrayKernels(backend);
  return {tfjs, filter: SMALL, batch: 1, rounds: 2, leastRounds: 2, ...changes};
};

describe('rounds', () => {
  it('run every candidate once each, every other round backwards', () => {
    const calls: string[] = [];
    const candidates = ['a', 'b', 'c'].map((name) => () => void calls.push(name));
    const times = timeInRounds(candidates, {rounds: 4});
    const warmUp = 9;
    expect(calls.slice(warmUp).join('')).toBe('abccbaabccba');
    expect(times.map((series) => series.length)).toEqual([4, 4, 4]);
  });

  it('pair the times of the same round, also where the order is reversed', () => {
    const busy = (milliseconds: number) => () => {
      const {user, system} = process.cpuUsage();
      for (;;) {
        const now = process.cpuUsage();
        if (now.user + now.system - user - system >= 1000 * milliseconds) return;
      }
    };
    const [short, long] = timeInRounds([busy(2), busy(8)], {rounds: 4});
    for (const [round, time] of short.entries()) expect(time).toBeLessThan(long[round]);
    expect(timeRatio(short, long).ratio).toBeGreaterThan(0.1);
    expect(timeRatio(short, long).ratio).toBeLessThan(0.6);
  });

  it('stop when the budget is spent, but not before the least number of rounds', () => {
    const [times] = timeInRounds([() => undefined], {rounds: 100, leastRounds: 5, budget: 0});
    expect(times).toHaveLength(5);
  });

  it('pass a failure on', () => {
    let calls = 0;
    const failing = () => {
      if (++calls > 3) throw new Error('out of memory');
    };
    expect(() => timeInRounds([failing], {rounds: 3})).toThrow('out of memory');
  });
});

describe('statistics', () => {
  it('of time ratios', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(geometricMean([0.5, 2, 8])).toBeCloseTo(2, 12);
    expect(timeRatio([1, 2, 9], [2, 2, 3])).toEqual({ratio: 1, spread: [0.75, 2]});
  });
});

describe('benchKernels', () => {
  it("times every kernel of every part against TF.js's own kernels, as they were before others took their places", () => {
    const given = options();
    const original = vi.spyOn(given.tfjs.get('Conv2D') ?? expect.fail('no Conv2D'), 'kernelFunc');
    tf.unregisterKernel('Conv2D', backend);
    tf.registerKernel({
      kernelName: 'Conv2D',
      backendName: backend,
      kernelFunc: () => expect.fail('the replacement ran'),
    });
    const before = tf.memory();
    const dataIds = tf.engine().backend.numDataIds();
    const times = benchKernels(given);
    expect(times.map(({part, kernel}) => `${part}: ${kernel}`)).toEqual([
      'forward: adder',
      'forward: conv',
      'input-gradient: adder hard-tanh',
      'input-gradient: adder sign',
      'input-gradient: adder full',
      'input-gradient: conv',
      'filter-gradient: adder full',
      'filter-gradient: adder sign',
      'filter-gradient: conv',
    ]);
    expect(new Set(times.map(({baseline}) => baseline))).toEqual(
      new Set(['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter']),
    );
    expect(original).toHaveBeenCalled();
    const taps = 9 * 9 * 100 * 100;
    for (const time of times) {
      expect(time).toMatchObject({shapes: 'other', layer: '9×9×100 → 100, 1×1', batch: 1, rounds: 2});
      expect(time.gigaTaps).toBeCloseTo(taps / time.milliseconds / 1e6, 9);
      expect(time.spread[0]).toBeLessThanOrEqual(time.ratio);
      expect(time.ratio).toBeLessThanOrEqual(time.spread[1]);
      expect(time.toConv === undefined).toBe(time.kernel === 'conv');
    }
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.engine().backend.numDataIds()).toBe(dataIds);
  });

  it('measures a contributed kernel beside the registered one, in the same rounds', () => {
    const given = options({parts: ['forward']});
    const registered = tf.getKernel('AdderConv2D', backend);
    let calls = 0;
    const contributed: tf.KernelConfig = {
      ...registered,
      kernelFunc(params) {
        calls++;
        return registered.kernelFunc(params);
      },
    };
    const times = benchKernels({...given, contributed: [contributed]});
    expect(times.map(({kernel}) => kernel)).toEqual(['adder', 'adder (contributed)', 'conv']);
    expect(calls).toBeGreaterThan(2);
  });

  it('says which kernel is missing', () => {
    expect(() => benchKernels({tfjs: tfjsKernels(), filter: SMALL, rounds: 1})).toThrow(
      `the backend '${backend}' has no kernel AdderConv2D; register it before the bench`,
    );
    expect(() => benchKernels({...options(), tfjs: new Map()})).toThrow(/no kernel of TF\.js's Conv2D/);
  });
});

describe('awaited rounds', () => {
  it('count the work that a call leaves behind, in as many calls as the clock needs', async () => {
    /** Each call leaves 5 ms of work, which is done when a tensor is read, unless that is one of those that GPUs' backends leave to the processor. */
    let queued = 0;
    const read = tf.backend().read.bind(tf.backend());
    vi.spyOn(tf.backend(), 'read').mockImplementation(async (dataId) => {
      const values = await read(dataId);
      if (values.length < 1000) return values;
      const milliseconds = 5 * queued;
      queued = 0;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return values;
    });
    const calls = [0, 0];
    const [idle, queueing] = await timeAwaitedInRounds(
      [
        () => void calls[0]++,
        () => {
          calls[1]++;
          queued++;
        },
      ],
      {rounds: 3, leastMilliseconds: 20},
    );
    expect(idle).toHaveLength(3);
    for (const time of queueing) expect(time).toBeGreaterThan(4);
    for (const time of idle) expect(time).toBeLessThan(4);
    expect(calls[1]).toBeGreaterThanOrEqual(3 + 3 * 4);
    expect(calls[0]).toBeGreaterThan(calls[1]);
  });

  it('take turns, every other round backwards, and stop when the budget is spent', async () => {
    const samples: string[] = [];
    const candidates = [() => undefined, () => undefined];
    const [times] = await timeAwaitedInRounds(candidates, {
      ...{rounds: 100, leastRounds: 4, budget: 0, leastMilliseconds: 0.1},
      onSample: (candidate, round) => samples.push(`${round}:${candidate}`),
    });
    expect(times).toHaveLength(4);
    expect(samples.join(' ')).toBe('warm-up:0 warm-up:1 0:0 0:1 1:1 1:0 2:0 2:1 3:1 3:0');
  });

  it('time the same kernels as benchKernels does', async () => {
    const {filter: _filter, ...given} = options();
    const [set] = shapeSets.filter(({name}) => name === 'other');
    const layer = set.layers.find((each) => SMALL.endsWith(`${each.size}×${each.size}×${each.inChannels}`));
    const before = tf.memory().numTensors;
    const [part] = benchParts;
    const times = await benchAwaitedLayer(part, set, layer ?? expect.fail('no such layer'), {
      ...given,
      leastMilliseconds: 1,
    });
    expect(times.map(({kernel, baseline, rounds}) => [kernel, baseline, rounds])).toEqual([
      ['adder', 'Conv2D', 2],
      ['conv', 'Conv2D', 2],
    ]);
    for (const {ratio, milliseconds, baselineMilliseconds} of times) {
      expect(ratio).toBeGreaterThan(0);
      expect(milliseconds).toBeGreaterThan(0);
      expect(baselineMilliseconds).toBeGreaterThan(0);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('means', () => {
  const time = (shapes: string, ratio: number): KernelTime => ({
    ...{part: 'forward', shapes, layer: '', batch: 1, kernel: 'adder', milliseconds: 1, rounds: 1, gigaTaps: 1},
    ...{baseline: 'Conv2D', baselineMilliseconds: 1, ratio, spread: [ratio, ratio], toConv: 2 * ratio},
  });

  it('are geometric, per set of shapes and over all that are not depthwise', () => {
    const means = kernelMeans([
      time('resnet20', 0.5),
      time('resnet20', 2),
      time('vgg-small', 8),
      time('mobilenet-v2', 100),
    ]);
    const summary = Object.fromEntries(
      means.map(({shapes, layers, ratio}) => [shapes, [layers, Number(ratio.toFixed(9))]]),
    );
    expect(summary).toEqual({
      resnet20: [2, 1],
      'vgg-small': [1, 8],
      all: [3, 2],
      'mobilenet-v2': [1, 100],
    });
    expect(means.find(({shapes}) => shapes === 'all')).toMatchObject({
      lowest: 0.5,
      highest: 8,
      toConv: expect.closeTo(4, 12),
    });
  });
});

describe('the command', () => {
  const program = {
    title: 'a bench',
    start: async () => undefined,
    register: () => registerArrayKernels(backend),
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
        `--filter=${SMALL}`,
        '--parts=forward',
        '--batch=1',
        '--rounds=2',
        `--json=${json}`,
      ]);
      const report = JSON.parse(await readFile(json, 'utf8')) as BenchReport;
      expect(report).toMatchObject({
        schema: 'addernet-bench/1',
        versions: {node: process.versions.node, '@tensorflow/tfjs-core': tf.version_core, mine: '1.2.3'},
        backend: {name: backend, simd: 'no'},
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
