// SPDX-License-Identifier: Apache-2.0
import {PANEL_ROW_BYTES} from './panels';
import {PIXEL_BYTES, windowAddress} from './windows';

/** Sums every column of packed panels [panels, rows, 8] into `target` [panels, 8], times `scale`. */
export function sumPanelColumns(source: usize, target: usize, panels: i32, rows: i32, scale: f32): void {
  for (let panel = 0; panel < panels; panel++) {
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      sum0 = f32x4.add(sum0, v128.load(source));
      sum1 = f32x4.add(sum1, v128.load(source, 16));
      source += PANEL_ROW_BYTES;
    }
    v128.store(target, f32x4.mul(sum0, f32x4.splat(scale)));
    v128.store(target, f32x4.mul(sum1, f32x4.splat(scale)), 16);
    target += PANEL_ROW_BYTES;
  }
}

/** Marks every column of packed panels [panels, rows, 8] in `target` [panels, 8]: 0 if all of it is finite, otherwise NaN. */
export function markPanelColumns(source: usize, target: usize, panels: i32, rows: i32): void {
  for (let panel = 0; panel < panels; panel++) {
    let mark0 = f32x4.splat(0);
    let mark1 = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      mark0 = f32x4.add(mark0, f32x4.mul(f32x4.splat(0), v128.load(source)));
      mark1 = f32x4.add(mark1, f32x4.mul(f32x4.splat(0), v128.load(source, 16)));
      source += PANEL_ROW_BYTES;
    }
    v128.store(target, mark0);
    v128.store(target, mark1, 16);
    target += PANEL_ROW_BYTES;
  }
}

/**
 * Sums the window of every pixel (see windows.ts) into `target`, times `scale`, four pixels at a time; up to three entries behind
 * pixelCount are written, too.
 */
export function sumWindows(
  source: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  target: usize,
  scale: f32,
): void {
  const runsEnd = runs + ((<usize>runCount) << 2);
  const vectorBytes = (<usize>(runLength & ~3)) << 2;
  const runBytes = (<usize>runLength) << 2;
  const lastPixel = pixelCount - 1;
  for (let pixel = 0; pixel < pixelCount; pixel += 4) {
    const window0 = windowAddress(source, pixels + <usize>pixel * PIXEL_BYTES);
    const window1 = windowAddress(source, pixels + <usize>min(pixel + 1, lastPixel) * PIXEL_BYTES);
    const window2 = windowAddress(source, pixels + <usize>min(pixel + 2, lastPixel) * PIXEL_BYTES);
    const window3 = windowAddress(source, pixels + <usize>min(pixel + 3, lastPixel) * PIXEL_BYTES);
    // Windows of neighbours whose runs are shorter than a vector: a lane each adds the same numbers in the same order.
    const neighbours = window1 === window0 + 4 && window2 === window0 + 8 && window3 === window0 + 12;
    if (neighbours && vectorBytes === 0) {
      v128.store(
        target + ((<usize>pixel) << 2),
        f32x4.mul(sumFour(window0, runs, runsEnd, runBytes), f32x4.splat(scale)),
      );
      continue;
    }
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    let sum2 = f32x4.splat(0);
    let sum3 = f32x4.splat(0);
    for (let run = runs; run < runsEnd; run += 4) {
      const offset = load<i32>(run);
      let x0 = window0 + offset;
      let x1 = window1 + offset;
      let x2 = window2 + offset;
      let x3 = window3 + offset;
      const vectorEnd = x0 + vectorBytes;
      const end = x0 + runBytes;
      while (x0 < vectorEnd) {
        sum0 = f32x4.add(sum0, v128.load(x0));
        sum1 = f32x4.add(sum1, v128.load(x1));
        sum2 = f32x4.add(sum2, v128.load(x2));
        sum3 = f32x4.add(sum3, v128.load(x3));
        x0 += 16;
        x1 += 16;
        x2 += 16;
        x3 += 16;
      }
      while (x0 < end) {
        sum0 = f32x4.add(sum0, v128.load32_zero(x0));
        sum1 = f32x4.add(sum1, v128.load32_zero(x1));
        sum2 = f32x4.add(sum2, v128.load32_zero(x2));
        sum3 = f32x4.add(sum3, v128.load32_zero(x3));
        x0 += 4;
        x1 += 4;
        x2 += 4;
        x3 += 4;
      }
    }
    const sums = f32x4.mul(sumLanes(sum0, sum1, sum2, sum3), f32x4.splat(scale));
    v128.store(target + ((<usize>pixel) << 2), sums);
  }
}

/** Sums the four windows that begin at `window` and the three floats behind it. */
function sumFour(window: usize, runs: usize, runsEnd: usize, runBytes: usize): v128 {
  let sum = f32x4.splat(0);
  for (let run = runs; run < runsEnd; run += 4) {
    let x = window + load<i32>(run);
    const end = x + runBytes;
    while (x < end) {
      sum = f32x4.add(sum, v128.load(x));
      x += 4;
    }
  }
  return sum;
}

/** Sums `count` consecutive stretches of `length` floats each into `target` [count]. */
export function sumStretches(source: usize, count: i32, length: i32, target: usize): void {
  const stretchBytes = (<usize>length) << 2;
  const vectorBytes = (<usize>(length & ~3)) << 2;
  let stretch = 0;
  for (; stretch + 4 <= count; stretch += 4) {
    let x0 = source;
    let x1 = x0 + stretchBytes;
    let x2 = x1 + stretchBytes;
    let x3 = x2 + stretchBytes;
    const vectorEnd = x0 + vectorBytes;
    const end = x1;
    source = x3 + stretchBytes;
    let sum0 = f32x4.splat(0);
    let sum1 = f32x4.splat(0);
    let sum2 = f32x4.splat(0);
    let sum3 = f32x4.splat(0);
    while (x0 < vectorEnd) {
      sum0 = f32x4.add(sum0, v128.load(x0));
      sum1 = f32x4.add(sum1, v128.load(x1));
      sum2 = f32x4.add(sum2, v128.load(x2));
      sum3 = f32x4.add(sum3, v128.load(x3));
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
    }
    while (x0 < end) {
      sum0 = f32x4.add(sum0, v128.load32_zero(x0));
      sum1 = f32x4.add(sum1, v128.load32_zero(x1));
      sum2 = f32x4.add(sum2, v128.load32_zero(x2));
      sum3 = f32x4.add(sum3, v128.load32_zero(x3));
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    v128.store(target, sumLanes(sum0, sum1, sum2, sum3));
    target += 16;
  }
  for (; stretch < count; stretch++) {
    let sum: f32 = 0;
    for (let k = 0; k < length; k++) {
      sum += load<f32>(source);
      source += 4;
    }
    store<f32>(target, sum);
    target += 4;
  }
}

/** The sums over the lanes of four vectors. */
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  // [a0, b0, a1, b1] + [a2, b2, a3, b3], and the same of c and d
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}
