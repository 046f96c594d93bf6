// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {
  accountModel,
  attainable,
  bytesOf,
  compareWithLiterature,
  imageEnergy,
  intensityOf,
  MEMORY_LEVELS,
  operationsOf,
  ridgePoint,
  rooflineSeconds,
  totalEnergy,
} from '../src/index.js';
import {costsOf, layer, smallCosts} from './costs-fixtures.js';

const TAPS = 16 * 9 * 3;
const [SRAM, DRAM] = MEMORY_LEVELS;

describe('accountModel', () => {
  it('counts operations and bytes of separate kernels as done by hand', () => {
    const account = accountModel(smallCosts('adder'), {batch: 1, form: 'plain', precision: 'float32'});
    expect(account).toMatchObject({
      multiplications: 48,
      additions: 2 * TAPS + 48 + 48 + 48,
      activationBytesRead: 4 * (16 + 48 + 48 + 96),
      activationBytesWritten: 4 * (48 + 48 + 48 + 48),
      weightBytes: 4 * (27 + 12),
      parameters: 39,
      trainableParameters: 33,
      taps: TAPS,
      uncounted: [],
    });
    expect(operationsOf(account)).toBe(2 * TAPS + 192);
    expect(bytesOf(account)).toBe(4 * (208 + 192 + 39));
    expect(intensityOf(account)).toBeCloseTo((2 * TAPS + 192) / (4 * 439), 12);
    expect(account.computePicojoule).toBeCloseTo(0.9 * (2 * TAPS + 144) + 3.7 * 48, 9);
  });

  it('reads weights once for a batch, activations for every image', () => {
    const one = accountModel(smallCosts('conv'), {batch: 1, form: 'plain', precision: 'float32'});
    const many = accountModel(smallCosts('conv'), {batch: 32, form: 'plain', precision: 'float32'});
    expect(many.weightBytes).toBe(one.weightBytes);
    expect(many.activationBytesRead).toBe(32 * one.activationBytesRead);
    expect(many.activationBytesWritten).toBe(32 * one.activationBytesWritten);
    expect(operationsOf(many)).toBe(32 * operationsOf(one));
    expect(many.parameters).toBe(one.parameters);
    expect(intensityOf(many)).toBeGreaterThan(intensityOf(one));
  });

  it('takes the inference form: no activations in between', () => {
    const adder = accountModel(smallCosts('adder'), {batch: 2, form: 'fused', precision: 'float32'});
    expect(adder.layers.map(({layer: name, absorbed}) => [name, ...absorbed])).toEqual([['c', 'b', 'r'], ['s']]);
    expect(adder.layers[0]).toMatchObject({
      multiplications: 2 * 48,
      additions: 2 * (2 * TAPS + 48 + 48),
      activationBytesRead: 2 * 4 * 16,
      activationBytesWritten: 2 * 4 * 48,
      weightBytes: 4 * (27 + 6),
    });
    const conv = accountModel(smallCosts('conv'), {batch: 1, form: 'fused', precision: 'float32'});
    expect(conv.computePicojoule).toBeCloseTo(4.6 * TAPS + 3.7 * 48 + 0.9 * (48 + 48 + 48), 9);
  });

  it('takes the plain form where there is no other', () => {
    const {fusedLayers: _fusedLayers, ...costs} = smallCosts('conv');
    const plain = accountModel(costs, {batch: 1, form: 'plain', precision: 'float32'});
    expect(accountModel(costs, {batch: 1, form: 'fused', precision: 'float32'}).layers).toEqual(plain.layers);
  });

  it('has a quarter of the bytes in int8', () => {
    const float32 = accountModel(smallCosts('conv'), {batch: 3, form: 'fused', precision: 'float32'});
    const int8 = accountModel(smallCosts('conv'), {batch: 3, form: 'fused', precision: 'int8'});
    expect(4 * bytesOf(int8)).toBe(bytesOf(float32));
    expect(int8.computePicojoule).toBeCloseTo(3 * (0.23 * TAPS + 0.2 * 48 + 0.03 * 144), 9);
  });

  it('names layers whose operations are not known', () => {
    const account = accountModel(
      costsOf([layer({layer: 'odd', counted: false, inputElements: 2, outputElements: 2})]),
      {
        batch: 1,
        form: 'fused',
        precision: 'float32',
      },
    );
    expect(account.uncounted).toEqual(['odd']);
    expect(bytesOf(account)).toBe(16);
  });
});

describe('energy of an image', () => {
  it('charges every byte to its memory, also for adders', () => {
    const account = accountModel(smallCosts('adder'), {batch: 4, form: 'plain', precision: 'float32'});
    const energy = imageEnergy(account, DRAM);
    // 1300 pJ for 8 bytes; 400 activations of 4 bytes per image, 39 weights of 4 bytes for 4 images.
    expect(energy.activations).toBeCloseTo((400 * 4 * 1300) / 8, 9);
    expect(energy.weights).toBeCloseTo((39 * 4 * 1300) / 8 / 4, 9);
    expect(energy.compute).toBeCloseTo(0.9 * (2 * TAPS + 144) + 3.7 * 48, 9);
    expect(totalEnergy(energy)).toBeCloseTo(energy.activations + energy.weights + energy.compute, 9);
    expect(imageEnergy(account, SRAM).activations).toBeCloseTo((energy.activations * 100) / 1300, 9);
  });
});

describe('roofline', () => {
  const roofs = {operationsPerSecond: 1e9, bytesPerSecond: 2e8};

  it('is the lower of peak and intensity times bandwidth', () => {
    expect(ridgePoint(roofs)).toBe(5);
    expect(attainable(1, roofs)).toBe(2e8);
    expect(attainable(5, roofs)).toBe(1e9);
    expect(attainable(50, roofs)).toBe(1e9);
  });

  it('bounds a forward pass kernel by kernel', () => {
    const account = accountModel(smallCosts('adder'), {batch: 1, form: 'fused', precision: 'float32'});
    const [c, s] = account.layers;
    if (c === undefined || s === undefined) throw new Error('two kernels are expected');
    // c: 2·432 + 144 operations on 388 bytes: arithmetic at 1 GHz would take 1.008 µs, its bytes 1.94 µs.
    expect(rooflineSeconds(account, 2e8, () => 1e9)).toBeCloseTo((388 + 576) / 2e8, 15);
    const slow = rooflineSeconds(account, 2e8, (operator) => (operator === 'adder' ? 1e8 : 1e9));
    expect(slow).toBeCloseTo(1008 / 1e8 + 576 / 2e8, 15);
  });
});

describe('the literature’s figures', () => {
  const taps = (input: number, operatorTaps: number, ordinaryTaps: number) =>
    costsOf([
      layer({layer: 'stem', kind: 'operator', operator: 'conv', taps: ordinaryTaps, inputElements: input}),
      layer({layer: 'rest', kind: 'operator', operator: 'adder', taps: operatorTaps}),
    ]);

  it('ResNet-32’s reproduces, ResNet-20’s and VGG-small’s do not', () => {
    expect(compareWithLiterature('resnet32', taps(3072, 68_681_728, 443_008))).toMatchObject({
      published: '138.24 M',
      everyLayer: 138_249_472,
      reproducedBy: 'every layer',
    });
    expect(compareWithLiterature('resnet20', taps(3072, 40_370_176, 443_008))).toMatchObject({
      published: '82.34 M',
      everyLayer: 81_626_368,
      adderLayers: 80_740_352,
      reproducedBy: 'neither',
    });
    expect(compareWithLiterature('vgg-small', taps(3072, 603_979_776, 3_538_944 + 81_920))).toMatchObject({
      published: '1.30 G',
      everyLayer: 1_215_201_280,
      adderLayers: 1_207_959_552,
      reproducedBy: 'neither',
    });
  });

  it('are for one size of images, and for known networks', () => {
    expect(compareWithLiterature('resnet20', taps(784, 1, 1))).toBeUndefined();
    expect(compareWithLiterature('resnet21', taps(3072, 1, 1))).toBeUndefined();
    expect(compareWithLiterature('resnet20', costsOf([]))).toBeUndefined();
  });
});
