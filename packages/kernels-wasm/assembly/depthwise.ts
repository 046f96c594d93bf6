// SPDX-License-Identifier: Apache-2.0
import {finish, scalesOf} from './epilogue';
import {loadLanes, outputAddress, PIXEL_BYTES, storeLanes, windowAddress} from './windows';

/**
 * Depthwise: every channel has a filter column of its own, so a vector holds neighbouring channels of one pixel. Tables are those of windows.ts, and runs are
 * single pixels; besides, `taps` has per run an i32 byte offset from the filter to the run's channel 0. What is done with an element of the source (s), of the
 * filter (f) and of the pixel's own place in another image (x) is an operation. The operations are types, and told apart by what they are, because that
 * is resolved at compile time.
 *
 *   Products       s·f            the convolution and its input gradient
 *   Differences    −|s − f|       the adder
 *   HardTanh       s·HT(f − x)    the adder's input gradients; s is dY
 *   Signs          s·sgn(f − x)
 *   Deviations     s·(f − x)
 */
export type Products = f32;
export type Differences = i32;
export type HardTanh = f64;
export type Signs = i64;
export type Deviations = u32;

function isProducts<Op>(): bool {
  return isFloat<Op>() && sizeof<Op>() === 4;
}

function isDifferences<Op>(): bool {
  return isInteger<Op>() && isSigned<Op>() && sizeof<Op>() === 4;
}

/** What f − x, or x − f, is turned into before it is multiplied. NaN stays NaN. */
export function slope<Op>(difference: v128): v128 {
  if (isFloat<Op>()) return f32x4.pmin(f32x4.pmax(difference, f32x4.splat(-1)), f32x4.splat(1));
  if (!isSigned<Op>()) return difference;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const positive = v128.and(f32x4.gt(difference, zero), one);
  const negative = v128.and(f32x4.lt(difference, zero), one);
  // All bits set are a NaN.
  return v128.or(f32x4.sub(positive, negative), f32x4.ne(difference, difference));
}

function combine<Op>(sum: v128, s: v128, f: v128, x: v128): v128 {
  if (isProducts<Op>()) return f32x4.add(sum, f32x4.mul(s, f));
  if (isDifferences<Op>()) {
    return f32x4.sub(sum, v128.and(f32x4.sub(s, f), i32x4.splat(0x7fffffff)));
  }
  return f32x4.add(sum, f32x4.mul(s, slope<Op>(f32x4.sub(f, x))));
}

/**
 * The sums over the windows of a table's pixels, for every channel. Taps in the padding are no part of a window; the adder, to which they count as s = 0,
 * has them in a list of their own.
 *
 * @param absent as `taps`, of the taps in the padding; for `Differences`
 * @param x from here the same byte offsets lead to a pixel's x as from `target` to its sums, for operations that know one
 * @param epilogue table of what is to be made of the sums before they are stored (epilogue.ts); 0: nothing
 */
export function combineChannels<Op>(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  absent: usize,
  absentCount: i32,
  filter: usize,
  channels: i32,
  x: usize,
  epilogue: usize,
): void {
  const own = !(isProducts<Op>() || isDifferences<Op>());
  const tapBytes = (<usize>tapCount) << 2;
  const absentEnd = absent + ((<usize>absentCount) << 2);
  const bytes = (<usize>channels) << 2;
  const tiled = own ? <usize>0 : bytes & ~(<usize>31);
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  for (let pixel = 0; pixel < pixelCount; pixel += 4) {
    // Behind the last pixel the tiles compute the last one again.
    const entryA = pixels + <usize>pixel * PIXEL_BYTES;
    const entryB = pixels + <usize>min(pixel + 1, lastPixel) * PIXEL_BYTES;
    const entryC = pixels + <usize>min(pixel + 2, lastPixel) * PIXEL_BYTES;
    const entryD = pixels + <usize>min(pixel + 3, lastPixel) * PIXEL_BYTES;
    const windowA = windowAddress(source, entryA);
    const windowB = windowAddress(source, entryB);
    const windowC = windowAddress(source, entryC);
    const windowD = windowAddress(source, entryD);
    let channel: usize = 0;
    // Tiles of 4 pixels × 8 channels.
    for (; channel < tiled; channel += 32) {
      let a0 = zero;
      let a1 = zero;
      if (isDifferences<Op>()) {
        for (let tap = absent; tap < absentEnd; tap += 4) {
          const row = filter + load<i32>(tap) + channel;
          a0 = combine<Op>(a0, zero, v128.load(row), zero);
          a1 = combine<Op>(a1, zero, v128.load(row, 16), zero);
        }
      }
      let b0 = a0;
      let b1 = a1;
      let c0 = a0;
      let c1 = a1;
      let d0 = a0;
      let d1 = a1;
      for (let tap: usize = 0; tap < tapBytes; tap += 4) {
        const row = filter + load<i32>(taps + tap) + channel;
        const offset = load<i32>(runs + tap) + channel;
        const f0 = v128.load(row);
        const f1 = v128.load(row, 16);
        a0 = combine<Op>(a0, v128.load(windowA + offset), f0, zero);
        a1 = combine<Op>(a1, v128.load(windowA + offset, 16), f1, zero);
        b0 = combine<Op>(b0, v128.load(windowB + offset), f0, zero);
        b1 = combine<Op>(b1, v128.load(windowB + offset, 16), f1, zero);
        c0 = combine<Op>(c0, v128.load(windowC + offset), f0, zero);
        c1 = combine<Op>(c1, v128.load(windowC + offset, 16), f1, zero);
        d0 = combine<Op>(d0, v128.load(windowD + offset), f0, zero);
        d1 = combine<Op>(d1, v128.load(windowD + offset, 16), f1, zero);
      }
      const outputsA = outputAddress(target, entryA) + channel;
      const outputsB = outputAddress(target, entryB) + channel;
      const outputsC = outputAddress(target, entryC) + channel;
      const outputsD = outputAddress(target, entryD) + channel;
      if (!own && epilogue !== 0) {
        const scales = scalesOf(epilogue) + channel;
        a0 = finish(epilogue, scales, a0, outputsA, 4);
        a1 = finish(epilogue, scales + 16, a1, outputsA + 16, 4);
        b0 = finish(epilogue, scales, b0, outputsB, 4);
        b1 = finish(epilogue, scales + 16, b1, outputsB + 16, 4);
        c0 = finish(epilogue, scales, c0, outputsC, 4);
        c1 = finish(epilogue, scales + 16, c1, outputsC + 16, 4);
        d0 = finish(epilogue, scales, d0, outputsD, 4);
        d1 = finish(epilogue, scales + 16, d1, outputsD + 16, 4);
      }
      v128.store(outputsA, a0);
      v128.store(outputsA, a1, 16);
      v128.store(outputsB, b0);
      v128.store(outputsB, b1, 16);
      v128.store(outputsC, c0);
      v128.store(outputsC, c1, 16);
      v128.store(outputsD, d0);
      v128.store(outputsD, d1, 16);
    }
    // Tiles of 4 pixels × 4 channels, of which the last may not be there.
    for (; channel < bytes; channel += 16) {
      const present = min<i32>(4, <i32>((bytes - channel) >> 2));
      const xa = own ? loadLanes(outputAddress(x, entryA) + channel, present) : zero;
      const xb = own ? loadLanes(outputAddress(x, entryB) + channel, present) : zero;
      const xc = own ? loadLanes(outputAddress(x, entryC) + channel, present) : zero;
      const xd = own ? loadLanes(outputAddress(x, entryD) + channel, present) : zero;
      let a = zero;
      if (isDifferences<Op>()) {
        for (let tap = absent; tap < absentEnd; tap += 4) {
          a = combine<Op>(a, zero, loadLanes(filter + load<i32>(tap) + channel, present), zero);
        }
      }
      let b = a;
      let c = a;
      let d = a;
      if (present === 4) {
        for (let tap: usize = 0; tap < tapBytes; tap += 4) {
          const f = v128.load(filter + load<i32>(taps + tap) + channel);
          const offset = load<i32>(runs + tap) + channel;
          a = combine<Op>(a, v128.load(windowA + offset), f, xa);
          b = combine<Op>(b, v128.load(windowB + offset), f, xb);
          c = combine<Op>(c, v128.load(windowC + offset), f, xc);
          d = combine<Op>(d, v128.load(windowD + offset), f, xd);
        }
      } else {
        for (let tap: usize = 0; tap < tapBytes; tap += 4) {
          const f = loadLanes(filter + load<i32>(taps + tap) + channel, present);
          const offset = load<i32>(runs + tap) + channel;
          a = combine<Op>(a, loadLanes(windowA + offset, present), f, xa);
          b = combine<Op>(b, loadLanes(windowB + offset, present), f, xb);
          c = combine<Op>(c, loadLanes(windowC + offset, present), f, xc);
          d = combine<Op>(d, loadLanes(windowD + offset, present), f, xd);
        }
      }
      const outputsA = outputAddress(target, entryA) + channel;
      const outputsB = outputAddress(target, entryB) + channel;
      const outputsC = outputAddress(target, entryC) + channel;
      const outputsD = outputAddress(target, entryD) + channel;
      if (!own && epilogue !== 0) {
        const scales = scalesOf(epilogue) + channel;
        a = finish(epilogue, scales, a, outputsA, present);
        b = finish(epilogue, scales, b, outputsB, present);
        c = finish(epilogue, scales, c, outputsC, present);
        d = finish(epilogue, scales, d, outputsD, present);
      }
      storeLanes(outputsA, a, present);
      storeLanes(outputsB, b, present);
      storeLanes(outputsC, c, present);
      storeLanes(outputsD, d, present);
    }
  }
}

/** Makes of every element of `source` [count] `times` neighbours of its value in `target`. */
export function repeatElements(source: usize, target: usize, count: i32, times: i32): void {
  const end = source + ((<usize>count) << 2);
  for (; source < end; source += 4) {
    const value = load<f32>(source);
    for (let time = 0; time < times; time++) {
      store<f32>(target, value);
      target += 4;
    }
  }
}
