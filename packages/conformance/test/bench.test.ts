// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it, vi} from 'vitest';
import {
  benchAwaitedLayer,
  benchKernels,
  benchParts,
  type KernelBenchOptions,
  kernelMeans,
  type KernelTime,
  shapeSets,
  tfjsKernels,
} from '../src/bench/index.js';
import {registerArrayKernels} from './support/reference-kernels.js';
import {SMALL_LAYER} from './support/small-layer.js';
import {useThrowAwayBackends} from './support/throw-away-backend.js';

tf.enableProdMode();
const backendName = useThrowAwayBackends();

const options = (changes: Partial<KernelBenchOptions> = {}): KernelBenchOptions => {
  const tfjs = tfjsKernels();
  registerArrayKernels(backendName());
  return {tfjs, filter: SMALL_LAYER, batch: 1, rounds: 2, leastRounds: 2, ...changes};
};

describe('benchKernels', () => {
  it("times every kernel of every part against TF.js's own kernels, as they were before others took their places", () => {
    const given = options();
    const original = vi.spyOn(given.tfjs.get('Conv2D') ?? expect.fail('no Conv2D'), 'kernelFunc');
    tf.unregisterKernel('Conv2D', backendName());
    tf.registerKernel({
      kernelName: 'Conv2D',
      backendName: backendName(),
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
    const registered = tf.getKernel('AdderConv2D', backendName());
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
    expect(() => benchKernels({tfjs: tfjsKernels(), filter: SMALL_LAYER, rounds: 1})).toThrow(
      `the backend '${backendName()}' has no kernel AdderConv2D; register it before the bench`,
    );
    expect(() => benchKernels({...options(), tfjs: new Map()})).toThrow(/no kernel of TF\.js's Conv2D/);
  });
});

describe('benchAwaitedLayer', () => {
  it('times the same kernels as benchKernels does', async () => {
    const {filter: _filter, ...given} = options();
    const [set] = shapeSets.filter(({name}) => name === 'other');
    const layer = set.layers.find((each) => SMALL_LAYER.endsWith(`${each.size}×${each.size}×${each.inChannels}`));
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
