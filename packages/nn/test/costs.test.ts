// SPDX-License-Identifier: Apache-2.0
import type {Operator} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  adderConv2d,
  adderOperator,
  batchNormalization,
  conv2d,
  convOperator,
  countCosts,
  countOperations,
  dense,
} from '../src/index.js';
import {chain, useCpu} from './helpers.js';

beforeAll(useCpu);

const symbolic = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
  layer.apply(x) as tfl.SymbolicTensor;

/** 4×4×2 → 3×3, 3 channels → batch norm → ReLU → plus itself through a 1×1 → ReLU → 2×2 max pooling → mean → dense with bias. */
function residual(operator: Operator): tfl.LayersModel {
  const input = tfl.input({shape: [4, 4, 2], name: `in-${operator.name}`});
  const seed = 1;
  let x = symbolic(operator.conv2d({name: 'c1', filters: 3, kernelSize: 3, padding: 1, seed}), input);
  x = symbolic(batchNormalization({name: 'b1'}), x);
  x = symbolic(tfl.layers.reLU({name: 'r1'}), x);
  let skip = symbolic(operator.conv2d({name: 'c2', filters: 3, kernelSize: 1, seed}), input);
  skip = symbolic(batchNormalization({name: 'b2'}), skip);
  x = symbolic(tfl.layers.add({name: 'sum'}), [x, skip]);
  x = symbolic(tfl.layers.reLU({name: 'r2'}), x);
  x = symbolic(tfl.layers.maxPooling2d({name: 'max', poolSize: 2, strides: 2}), x);
  x = symbolic(tfl.layers.globalAveragePooling2d({name: 'mean'}), x);
  x = symbolic(dense({name: 'logits', units: 5, useBias: true}), x);
  return tfl.model({inputs: input, outputs: x});
}

describe('countCosts', () => {
  const taps = {c1: 16 * 9 * 2 * 3, c2: 16 * 2 * 3, logits: 3 * 5};

  it('counts every layer of a small network as done by hand', async () => {
    const {layers} = await countCosts(residual(adderOperator));
    const rows = layers.map(({layer, kind, multiplications, additions}) => [layer, kind, multiplications, additions]);
    expect(rows).toEqual([
      ['c1', 'operator', 0, 2 * taps.c1],
      ['b1', 'batch-normalization', 48, 48],
      ['r1', 'activation', 0, 48],
      ['c2', 'operator', 0, 2 * taps.c2],
      ['b2', 'batch-normalization', 48, 48],
      ['sum', 'addition', 0, 48],
      ['r2', 'activation', 0, 48],
      // 2×2 outputs of 3 channels, 3 comparisons each.
      ['max', 'pooling', 0, 36],
      // 3 additions and a multiplication for each of 3 channels.
      ['mean', 'pooling', 3, 9],
      ['logits', 'operator', taps.logits, taps.logits + 5],
    ]);
    expect(layers.every(({counted}) => counted)).toBe(true);
    const conv = await countCosts(residual(convOperator));
    expect(conv.layers[0]).toMatchObject({operator: 'conv', multiplications: taps.c1, additions: taps.c1});
  });

  it('counts what is read and written, and the weights', async () => {
    const {layers} = await countCosts(residual(adderOperator));
    const rows = layers.map(({layer, inputElements, outputElements, weightElements}) => [
      layer,
      inputElements,
      outputElements,
      weightElements,
    ]);
    expect(rows).toEqual([
      ['c1', 32, 48, 54],
      ['b1', 48, 48, 12],
      ['r1', 48, 48, 0],
      ['c2', 32, 48, 6],
      ['b2', 48, 48, 12],
      ['sum', 96, 48, 0],
      ['r2', 48, 48, 0],
      ['max', 48, 12, 0],
      ['mean', 12, 3, 0],
      ['logits', 3, 5, 20],
    ]);
    expect(layers.map(({trainableParameters}) => trainableParameters)).toEqual([54, 6, 0, 6, 6, 0, 0, 0, 0, 20]);
  });

  it('takes arithmetic energy from the operators and the table', async () => {
    const {layers, energySources} = await countCosts(residual(adderOperator));
    const [c1, b1] = layers;
    expect(c1?.energy.float32).toBeCloseTo(1.8 * taps.c1, 9);
    expect(c1?.energy.int8).toBeCloseTo(0.06 * taps.c1, 9);
    expect(b1?.energy.float32).toBeCloseTo(48 * (3.7 + 0.9), 9);
    expect(layers.at(-1)?.energy.float32).toBeCloseTo(taps.logits * 4.6 + 5 * 0.9, 9);
    expect(energySources).toHaveLength(1);
    const shift: Operator = {
      ...adderOperator,
      name: 'shift',
      energyPerTap: {float32: 1, int8: 0.5, source: 'made up'},
    };
    const shifted = await countCosts(residual(adderOperator), [shift]);
    expect(shifted.layers[0]).toMatchObject({operator: 'shift', energy: {float32: taps.c1, int8: taps.c1 / 2}});
    expect(shifted.energySources).toEqual([energySources[0], 'made up']);
  });

  it('counts the inference form: factor and offset behind the operator, the residual read, nothing in between', async () => {
    for (const operator of [adderOperator, convOperator]) {
      const {fusedLayers = []} = await countCosts(residual(operator));
      const isAdder = operator === adderOperator;
      const ofTaps = (count: number) => (isAdder ? [0, 2 * count] : [count, count]);
      const [c1Multiplications = 0, c1Additions = 0] = ofTaps(taps.c1);
      const [c2Multiplications = 0, c2Additions = 0] = ofTaps(taps.c2);
      const rows = fusedLayers.map((costs) => [
        costs.layer,
        costs.absorbed ?? [],
        costs.multiplications,
        costs.additions,
        costs.inputElements,
        costs.outputElements,
        costs.weightElements,
      ]);
      // One of the two branches takes in the addition of the other and the ReLU behind it, the first that is found.
      const [first, second] = rows;
      expect(first?.[0] === 'c2' ? [second, first] : [first, second]).toEqual([
        ['c1', ['b1', 'r1'], c1Multiplications + 48, c1Additions + 48 + 48, 32, 48, 54 + 6],
        ['c2', ['b2', 'sum', 'r2'], c2Multiplications + 48, c2Additions + 3 * 48, 32 + 48, 48, 6 + 6],
      ]);
      expect(rows.slice(2).map(([layer]) => layer)).toEqual(['max', 'mean', 'logits']);
    }
  });

  it('has no inference form of a model with layers that cannot be copied', async () => {
    class Foreign extends tfl.layers.Layer {
      static className = 'ForeignLayer';
      static override fromConfig = undefined as never;
    }
    const model = chain([3, 3, 2], [conv2d({name: 'c', filters: 1, kernelSize: 1}), new Foreign({name: 'foreign'})]);
    const {layers, fusedLayers} = await countCosts(model);
    expect(layers.map(({layer, counted}) => [layer, counted])).toEqual([
      ['c', true],
      ['foreign', false],
    ]);
    expect(fusedLayers).toBeUndefined();
  });

  it('leaves no tensors behind', async () => {
    const model = residual(adderOperator);
    const before = tf.memory().numTensors;
    await countCosts(model);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('counts weights of a shared layer once, its work at each use', async () => {
    const shared = adderConv2d({name: 'shared', filters: 2, kernelSize: 1});
    const {layers} = await countCosts(chain([3, 3, 2], [shared, chain([3, 3, 2], [shared])]));
    expect(layers.map(({additions, weightElements, parameters}) => [additions, weightElements, parameters])).toEqual([
      [72, 4, 4],
      [72, 4, 0],
    ]);
  });

  it('knows TF.js’s layers, their own activations, and says of others that it does not', async () => {
    const {layers} = await countCosts(
      chain(
        [6, 6, 3],
        [
          tfl.layers.conv2d({name: 'c', filters: 4, kernelSize: 1, activation: 'relu'}),
          tfl.layers.reLU({name: 'six', maxValue: 6}),
          tfl.layers.zeroPadding2d({name: 'pad', padding: 1}),
          tfl.layers.averagePooling2d({name: 'avg', poolSize: 2, strides: 2}),
          tfl.layers.dropout({name: 'drop', rate: 0.5}),
          tfl.layers.activation({name: 'soft', activation: 'sigmoid'}),
          tfl.layers.softmax({name: 'max'}),
        ],
      ),
    );
    const rows = layers.map(({layer, multiplications, additions, counted}) => [
      layer,
      multiplications,
      additions,
      counted,
    ]);
    expect(rows).toEqual([
      ['c', 36 * 12, 36 * 12 + 144 + 144, true],
      ['six', 0, 288, true],
      ['pad', 0, 0, true],
      ['avg', 64, 192, true],
      ['soft', 0, 0, false],
      ['max', 0, 0, false],
    ]);
    expect(layers[2]).toMatchObject({inputElements: 144, outputElements: 256});
  });

  it('agrees with countOperations in the layers that both count', async () => {
    for (const operator of [convOperator, adderOperator]) {
      const model = residual(operator);
      const withTaps = (await countCosts(model)).layers.filter(({kind}) => kind === 'operator');
      expect(withTaps.map(({layer, taps}) => [layer, taps])).toEqual(
        countOperations(model).perLayer.map(({layer, taps}) => [layer, taps]),
      );
    }
  });
});
