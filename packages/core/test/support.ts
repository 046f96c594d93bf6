// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {type Conv2DGeometry, conv2dGeometry, CounterRandom, type ExplicitPadding, type Padding} from '@addernet/core';

/** Asserts |actual − expected| ≤ tolerance·(1 + size) per element, where size defaults to |expected|; NaN and ±Infinity must match exactly. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  size: number | undefined = undefined,
): void {
  if (actual.length !== expected.length) throw new Error(`${actual.length} elements; expected ${expected.length}`);
  for (let index = 0; index < actual.length; index++) {
    const [a, e] = [actual[index], expected[index]];
    const equal = Object.is(a, e) || Math.abs(a - e) <= tolerance * (1 + (size ?? Math.abs(e)));
    if (!equal) throw new Error(`element ${index} is ${a}; expected ${e} (tolerance ${tolerance})`);
  }
}

/** Uniform numbers in [−2, 2), rounded to float32, so that the float64 reference sees what the kernel sees. */
export function randomValues(count: number, seed: number, name: string): Float32Array {
  const random = new CounterRandom(seed, name);
  return Float32Array.from({length: count}, () => random.uniform() * 4 - 2);
}

/** A convolution to try, as a user would call it. */
export interface ConvCase {
  readonly xShape: [number, number, number, number];
  readonly filterShape: [number, number, number, number];
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly pad: Padding;
  readonly groups: number;
  readonly seed: number;
}

/** A plain case, for tests that change one thing of it. */
export const PLAIN_CASE: ConvCase = {
  xShape: [2, 5, 5, 2],
  filterShape: [3, 3, 2, 2],
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
  groups: 1,
  seed: 1,
};

const explicitPadding: fc.Arbitrary<ExplicitPadding> = fc
  .tuple(fc.nat({max: 3}), fc.nat({max: 3}), fc.nat({max: 3}), fc.nat({max: 3}))
  .map(([top, bottom, left, right]) => [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);

const small = (max: number): fc.Arbitrary<number> => fc.integer({min: 1, max});
const pair = (max: number): fc.Arbitrary<[number, number]> => fc.tuple(small(max), small(max));

/** Cases whose output is not empty: small images, rectangular filters, every kind of padding. */
export function convCases(limits: {groups?: number; dilation?: number} = {}): fc.Arbitrary<ConvCase> {
  return fc
    .record({
      batch: fc.integer({min: 0, max: 3}),
      size: fc.tuple(small(7), small(7)),
      inPerGroup: small(3),
      outPerGroup: small(3),
      groups: small(limits.groups ?? 3),
      filterSize: pair(3),
      strides: pair(4),
      dilations: pair(limits.dilation ?? 3),
      pad: fc.oneof(
        fc.constantFrom<Padding[]>('same', 'valid'),
        fc.nat({max: 3}) as fc.Arbitrary<Padding>,
        explicitPadding as fc.Arbitrary<Padding>,
      ),
      seed: fc.nat(),
    })
    .map(({batch, size, inPerGroup, outPerGroup, groups, filterSize, strides, dilations, pad, seed}): ConvCase => ({
      xShape: [batch, size[0], size[1], inPerGroup * groups],
      filterShape: [filterSize[0], filterSize[1], inPerGroup, outPerGroup * groups],
      strides,
      dilations,
      pad,
      groups,
      seed,
    }))
    .filter((example) => {
      try {
        geometryOf(example);
        return true;
      } catch {
        return false;
      }
    });
}

export function geometryOf({xShape, filterShape, strides, dilations, pad, groups}: ConvCase): Conv2DGeometry {
  return conv2dGeometry({opName: 'test', xShape, filterShape, strides, dilations, pad, groups});
}

/** x, filter and dy of a case, as values and as tensors. */
export function tensorsOf(example: ConvCase) {
  const g = geometryOf(example);
  const yShape: [number, number, number, number] = [g.batch, g.outHeight, g.outWidth, g.outChannels];
  const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);
  const x = randomValues(size(example.xShape), example.seed, 'x');
  const filter = randomValues(size(example.filterShape), example.seed, 'filter');
  const dy = randomValues(size(yShape), example.seed, 'dy');
  return {
    g,
    values: {x, filter, dy},
    x: tf.tensor4d(x, example.xShape),
    filter: tf.tensor4d(filter, example.filterShape),
    dy: tf.tensor4d(dy, yShape),
  };
}
