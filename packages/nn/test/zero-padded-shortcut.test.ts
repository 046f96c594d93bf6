// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, expect, it} from 'vitest';
import {fromModelArtifacts, toModelArtifacts, zeroPaddedShortcut} from '../src/index.js';
import {chain, normalTensor, useCpu} from './helpers.js';

beforeAll(useCpu);

const forward = (layer: tfl.layers.Layer, x: tf.Tensor): tf.Tensor => layer.apply(x) as tf.Tensor;

it('keeps every second pixel and puts the channels in the middle of zeros', () => {
  const layer = zeroPaddedShortcut({filters: 4, strides: 2});
  const x = tf.tensor4d(
    Array.from({length: 3 * 4 * 2}, (_, index) => index + 1),
    [1, 3, 4, 2],
  );
  const y = forward(layer, x);
  expect(y.shape).toEqual([1, 2, 2, 4]);
  expect([...y.dataSync()]).toEqual([0, 1, 2, 0, 0, 5, 6, 0, 0, 17, 18, 0, 0, 21, 22, 0]);
  expect(layer.computeOutputShape([null, 3, 4, 2])).toEqual([null, 2, 2, 4]);
  expect(layer.computeOutputShape([null, null, null, 2])).toEqual([null, null, null, 4]);
});

it('passes the gradient of a pixel that it keeps, and nothing to the others', () => {
  const layer = zeroPaddedShortcut({filters: 3, strides: 2});
  const x = normalTensor<tf.Rank.R4>([1, 3, 3, 1], 'x');
  const dy = tf.tensor4d(
    Array.from({length: 12}, (_, index) => index + 1),
    [1, 2, 2, 3],
  );
  const dx = tf.grad((input) => tf.sum(tf.mul(forward(layer, input), dy)))(x);
  expect([...dx.dataSync()]).toEqual([2, 0, 5, 0, 0, 0, 8, 0, 11]);
});

it('changes nothing where nothing is to be changed', () => {
  const x = normalTensor([2, 3, 3, 2], 'x');
  expect([...forward(zeroPaddedShortcut({filters: 2}), x).dataSync()]).toEqual([...x.dataSync()]);
});

it('is saved and loaded with its model', async () => {
  const model = chain([4, 4, 2], [zeroPaddedShortcut({name: 'shortcut', filters: 5, strides: 2})]);
  const loaded = await fromModelArtifacts(await toModelArtifacts(model));
  expect(loaded.layers[1]?.getConfig()).toMatchObject({name: 'shortcut', filters: 5, strides: 2});
  const x = normalTensor([1, 4, 4, 2], 'x');
  const run = (of: tfl.LayersModel): number[] => [...(of.predict(x) as tf.Tensor).dataSync()];
  expect(run(loaded)).toEqual(run(model));
});

it('says what is wrong with its options and its input', () => {
  expect(() => zeroPaddedShortcut({filters: 0})).toThrow(/filters is 0; expected an integer of at least 1/);
  expect(() => zeroPaddedShortcut({filters: 2, strides: 1.5})).toThrow(/strides is 1.5/);
  expect(() => zeroPaddedShortcut({filters: 2}).computeOutputShape([null, 4, 4, 3])).toThrow(
    /input has 3 channels; expected at most filters, 2/,
  );
  expect(() => zeroPaddedShortcut({filters: 2}).computeOutputShape([null, 4])).toThrow(/expected rank 4/);
});
