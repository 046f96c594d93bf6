// SPDX-License-Identifier: Apache-2.0
import type {Operator} from '@addernet/plugin';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  adderConv2d,
  adderOperator,
  batchNormalization,
  conv2d,
  convOperator,
  countOperations,
  dense,
} from '../src/index.js';
import {chain, useCpu} from './helpers.js';

beforeAll(useCpu);

/** ResNet-20's layers as in the AdderNet authors' code: ordinary stem and 1×1 head, blocks and projections by the operator. */
function resnet20(operator: Operator): tfl.LayersModel {
  const input = tfl.input({shape: [32, 32, 3]});
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    layer.apply(x) as tfl.SymbolicTensor;
  let x = apply(conv2d({name: 'stem', filters: 16, kernelSize: 3, padding: 1}), input);
  for (const [stage, filters] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; ++block) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const name = `s${stage}b${block}`;
      const shared = {filters, seed: 0};
      const first = apply(operator.conv2d({...shared, name: `${name}c1`, kernelSize: 3, strides, padding: 1}), x);
      const second = apply(operator.conv2d({...shared, name: `${name}c2`, kernelSize: 3, padding: 1}), first);
      const skip = strides === 1 ? x : apply(operator.conv2d({...shared, name: `${name}p`, kernelSize: 1, strides}), x);
      x = tfl.layers.add().apply([apply(batchNormalization({name: `${name}bn`}), second), skip]) as tfl.SymbolicTensor;
    }
  }
  x = apply(tfl.layers.averagePooling2d({poolSize: 8, strides: 1}), x);
  x = apply(tfl.layers.flatten(), apply(conv2d({name: 'fc', filters: 10, kernelSize: 1}), x));
  return tfl.model({inputs: input, outputs: x});
}

describe('countOperations', () => {
  it('ResNet-20 has 41 million taps, of which the adder multiplies in the stem and the head only', () => {
    const taps = {
      stem: 32 * 32 * 16 * 27,
      head: 64 * 10,
      blocks: 6 * 32 * 32 * 9 * 16 * 16 + 16 * 16 * 9 * (16 * 32 + 5 * 32 * 32) + 8 * 8 * 9 * (32 * 64 + 5 * 64 * 64),
      projections: 16 * 16 * 16 * 32 + 8 * 8 * 32 * 64,
    };
    const all = taps.stem + taps.head + taps.blocks + taps.projections;
    expect(Math.round(all / 1e6)).toBe(41);
    const conv = countOperations(resnet20(convOperator), [convOperator]);
    expect(conv).toMatchObject({taps: all, multiplications: all, additions: all});
    expect(conv.perLayer).toHaveLength(22);
    const adder = countOperations(resnet20(adderOperator), [adderOperator]);
    expect(adder).toMatchObject({
      taps: all,
      multiplications: taps.stem + taps.head,
      additions: 2 * (taps.blocks + taps.projections) + taps.stem + taps.head,
    });
    expect(adder.perLayer[0]).toMatchObject({
      layer: 'stem',
      operator: 'conv',
      taps: taps.stem,
      outputShape: [null, 32, 32, 16],
    });
    // 45 nm, float32: 4.6 pJ for a multiply-add, 1.8 pJ for two additions.
    expect(conv.energy.float32).toBeCloseTo(4.6 * all, -2);
    expect(adder.energy.float32).toBeCloseTo(
      4.6 * (taps.stem + taps.head) + 1.8 * (taps.blocks + taps.projections),
      -2,
    );
  });

  it('counts TF.js’s own layers, shared layers at each use, groups and nested models', () => {
    const shared = adderConv2d({filters: 4, kernelSize: 3, padding: 1, groups: 2});
    const inner = chain([6, 6, 4], [shared, shared]);
    const model = chain(
      [6, 6, 3],
      [
        tfl.layers.conv2d({filters: 4, kernelSize: 1}),
        inner,
        tfl.layers.depthwiseConv2d({kernelSize: 3}),
        tfl.layers.separableConv2d({filters: 5, kernelSize: 3, padding: 'same'}),
        tfl.layers.conv2dTranspose({filters: 2, kernelSize: 2, strides: 2}),
        tfl.layers.flatten(),
        tfl.layers.dense({units: 7}),
        dense({units: 2}),
      ],
    );
    expect(countOperations(model).perLayer.map(({taps}) => taps)).toEqual([
      36 * 12,
      36 * 9 * 2 * 4,
      36 * 9 * 2 * 4,
      16 * 9 * 4,
      16 * (9 * 4 + 4 * 5),
      16 * 4 * 5 * 2,
      8 * 8 * 2 * 7,
      7 * 2,
    ]);
  });

  it('knows a third operator by its class names', () => {
    const shift: Operator = {
      ...convOperator,
      name: 'shift',
      layerClassNames: ['AddernetConv2D'],
      operationsPerTap: {multiplications: 0, additions: 1},
    };
    const counts = countOperations(chain([4, 4, 1], [conv2d({filters: 1, kernelSize: 1})]), [shift]);
    expect(counts.perLayer[0]).toMatchObject({operator: 'shift', multiplications: 0, additions: 16});
  });

  it('refuses to count too little', () => {
    const recurrent = chain([3, 2], [tfl.layers.simpleRNN({units: 2, recurrentInitializer: 'zeros'})]);
    expect(() => countOperations(recurrent)).toThrow(
      /has a kernel, but its class SimpleRNN belongs to none of the operators conv, adder/,
    );
    const open = chain([null as unknown as number, 4, 1], [conv2d({filters: 1, kernelSize: 1})]);
    expect(() => countOperations(open)).toThrow(/known heights and widths/);
  });
});
