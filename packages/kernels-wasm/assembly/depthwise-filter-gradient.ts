// SPDX-License-Identifier: Apache-2.0
import * as depthwise from './depthwise';
import {loadLanes, outputAddress, PIXEL_BYTES, storeLanes, windowAddress} from './windows';

/** Taps that a tile computes at once, for eight channels. */
const TILE_TAPS: usize = 12;

/**
 * Adds ΣdY·X (`rule` 0), ΣdY·(X − F) (1) or ΣdY·sgn(X − F) (2) over a table's pixels to `target`, which lies as the filter does; see depthwise.ts.
 * To the latter two, taps in the padding (`absent`) count as X = 0.
 *
 * @param dy from here the table's second offsets lead to a pixel's dY
 */
export function depthwiseFilterGradient(
  source: usize,
  dy: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  absent: usize,
  absentCount: i32,
  filter: usize,
  target: usize,
  channels: i32,
  rule: i32,
): void {
  if (rule === 0) {
    addProducts<depthwise.Products>(source, dy, pixels, pixelCount, runs, taps, tapCount, filter, target, channels);
  } else if (rule === 1) {
    addProducts<depthwise.Deviations>(source, dy, pixels, pixelCount, runs, taps, tapCount, filter, target, channels);
    addAbsent<depthwise.Deviations>(dy, pixels, pixelCount, absent, absentCount, filter, target, channels);
  } else {
    addProducts<depthwise.Signs>(source, dy, pixels, pixelCount, runs, taps, tapCount, filter, target, channels);
    addAbsent<depthwise.Signs>(dy, pixels, pixelCount, absent, absentCount, filter, target, channels);
  }
}

/** What taps in the padding give: a sum of dY, times a slope that is the same for all pixels. */
function addAbsent<Op>(
  dy: usize,
  pixels: usize,
  pixelCount: i32,
  absent: usize,
  absentCount: i32,
  filter: usize,
  target: usize,
  channels: i32,
): void {
  if (absentCount === 0) return;
  const bytes = (<usize>channels) << 2;
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  const absentEnd = absent + ((<usize>absentCount) << 2);
  const zero = f32x4.splat(0);
  for (let channel: usize = 0; channel < bytes; channel += 16) {
    const present = min<i32>(4, <i32>((bytes - channel) >> 2));
    for (let tap = absent; tap < absentEnd; tap += 4) {
      const element = load<i32>(tap) + channel;
      const slope = depthwise.slope<Op>(f32x4.sub(zero, loadLanes(filter + element, present)));
      let sum = loadLanes(target + element, present);
      for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
        sum = f32x4.add(sum, f32x4.mul(slope, loadLanes(outputAddress(dy, pixel) + channel, present)));
      }
      storeLanes(target + element, sum, present);
    }
  }
}

function addProducts<Op>(
  source: usize,
  dy: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  taps: usize,
  tapCount: i32,
  filter: usize,
  target: usize,
  channels: i32,
): void {
  const tapBytes = (<usize>tapCount) << 2;
  const bytes = (<usize>channels) << 2;
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  const zero = f32x4.splat(0);
  let channel: usize = 0;
  for (; channel + 32 <= bytes; channel += 32) {
    for (let tap: usize = 0; tap < tapBytes; tap += TILE_TAPS) {
      // Behind the last tap the tile computes the last one again.
      const tapB = min(tap + 4, tapBytes - 4);
      const tapC = min(tap + 8, tapBytes - 4);
      const offsetA = load<i32>(runs + tap) + channel;
      const offsetB = load<i32>(runs + tapB) + channel;
      const offsetC = load<i32>(runs + tapC) + channel;
      const elementA = load<i32>(taps + tap) + channel;
      const elementB = load<i32>(taps + tapB) + channel;
      const elementC = load<i32>(taps + tapC) + channel;
      const fa0 = isFloat<Op>() ? zero : v128.load(filter + elementA);
      const fa1 = isFloat<Op>() ? zero : v128.load(filter + elementA, 16);
      const fb0 = isFloat<Op>() ? zero : v128.load(filter + elementB);
      const fb1 = isFloat<Op>() ? zero : v128.load(filter + elementB, 16);
      const fc0 = isFloat<Op>() ? zero : v128.load(filter + elementC);
      const fc1 = isFloat<Op>() ? zero : v128.load(filter + elementC, 16);
      let a0 = zero;
      let a1 = zero;
      let b0 = zero;
      let b1 = zero;
      let c0 = zero;
      let c1 = zero;
      for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
        const window = windowAddress(source, pixel);
        const slopes = outputAddress(dy, pixel) + channel;
        const slope0 = v128.load(slopes);
        const slope1 = v128.load(slopes, 16);
        a0 = accumulate<Op>(a0, slope0, v128.load(window + offsetA), fa0);
        a1 = accumulate<Op>(a1, slope1, v128.load(window + offsetA, 16), fa1);
        b0 = accumulate<Op>(b0, slope0, v128.load(window + offsetB), fb0);
        b1 = accumulate<Op>(b1, slope1, v128.load(window + offsetB, 16), fb1);
        c0 = accumulate<Op>(c0, slope0, v128.load(window + offsetC), fc0);
        c1 = accumulate<Op>(c1, slope1, v128.load(window + offsetC, 16), fc1);
      }
      addTo(target + elementA, a0, a1);
      if (tap + 4 < tapBytes) addTo(target + elementB, b0, b1);
      if (tap + 8 < tapBytes) addTo(target + elementC, c0, c1);
    }
  }
  for (; channel < bytes; channel += 16) {
    const present = min<i32>(4, <i32>((bytes - channel) >> 2));
    for (let tap: usize = 0; tap < tapBytes; tap += 4) {
      const origin = source + load<i32>(runs + tap) + channel;
      const element = load<i32>(taps + tap) + channel;
      const f = isFloat<Op>() ? zero : loadLanes(filter + element, present);
      let sum = loadLanes(target + element, present);
      if (present === 4) {
        for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
          const slopes = v128.load(outputAddress(dy, pixel) + channel);
          sum = accumulate<Op>(sum, slopes, v128.load(windowAddress(origin, pixel)), f);
        }
      } else {
        for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
          const slopes = loadLanes(outputAddress(dy, pixel) + channel, present);
          sum = accumulate<Op>(sum, slopes, loadLanes(windowAddress(origin, pixel), present), f);
        }
      }
      storeLanes(target + element, sum, present);
    }
  }
}

function accumulate<Op>(sum: v128, slopes: v128, x: v128, f: v128): v128 {
  if (isFloat<Op>()) return f32x4.add(sum, f32x4.mul(slopes, x));
  return f32x4.add(sum, f32x4.mul(slopes, depthwise.slope<Op>(f32x4.sub(x, f))));
}

function addTo(target: usize, sum0: v128, sum1: v128): void {
  v128.store(target, f32x4.add(v128.load(target), sum0));
  v128.store(target, f32x4.add(v128.load(target, 16), sum1), 16);
}
