// SPDX-License-Identifier: Apache-2.0
import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {adderConv2d, DuplicateLibraryError, registerClasses} from '../src/index.js';
import {useCpu} from './helpers.js';

const require = createRequire(import.meta.url);

/** Loads tfjs-layers anew, over the same tfjs-core: what two installed copies of it come to. */
function secondCopy(): typeof tfl {
  const path = require.resolve('@tensorflow/tfjs-layers');
  const first = require.cache[path];
  delete require.cache[path];
  const copy = require(path) as typeof tfl;
  if (first !== undefined) {
    require.cache[path] = first;
  }
  return copy;
}

beforeAll(useCpu);

describe('a second copy of tfjs-layers', () => {
  it('is noticed when the classes are registered, and when its tensors reach a layer', () => {
    registerClasses();
    const copy = secondCopy();
    expect(copy.layers.Layer).not.toBe(tfl.layers.Layer);
    expect(() => registerClasses()).toThrow(DuplicateLibraryError);
    expect(() => registerClasses()).toThrow(/two copies of @tensorflow\/tfjs-layers.*npm ls/);

    const layer = adderConv2d({name: 'adder', filters: 1, kernelSize: 1});
    const foreign = copy.input({shape: [2, 2, 1]}) as unknown as tfl.SymbolicTensor;
    expect(() => layer.apply(foreign)).toThrow(DuplicateLibraryError);
    expect(() => layer.apply(foreign)).toThrow(
      /'adder': its input comes from another copy of @tensorflow\/tfjs-layers/,
    );
    // Its own copy's tensors, and plain tensors, are still welcome.
    const own = layer.apply(tfl.input({shape: [2, 2, 1]})) as tfl.SymbolicTensor;
    expect(own.shape).toEqual([null, 2, 2, 1]);
    expect((layer.apply(tf.zeros([1, 2, 2, 1])) as tf.Tensor).shape).toEqual([1, 2, 2, 1]);
  });
});
