// SPDX-License-Identifier: Apache-2.0
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {loadLanes, outputAddress, PIXEL_BYTES, storeLanes, windowAddress} from './windows';

/** Pixels that a tile computes at once, for half a panel's columns: with their bounds, what the 16 registers of an x86-64 processor hold. */
const TILE_PIXELS: i32 = 3;
const HALF_WIDTH: i32 = PANEL_WIDTH / 2;

/**
 * dX = ΣdY·HT(F − X) (AdderNet, arXiv 1912.13200, eq. 6) as ΣdY·clamp(F, X − 1, X + 1) − X·ΣdY: four instructions per tap.
 *
 * Here the source is dY, its windows the outputs that an input pixel takes part in, and the columns are input channels (windows.ts).
 *
 * @param x from here the same byte offsets lead to a pixel's X as from `target` to its dX
 * @param windowSums [pixelCount]: ΣdY of every pixel's window
 * @returns 1 if all of dX is finite, otherwise 0; where it is not, the identity may have made NaN of infinities
 */
export function adderConv2dBackpropInput(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  x: usize,
  windowSums: usize,
): i32 {
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let bad = zero;
  for (let column = 0; column < columns; column += HALF_WIDTH) {
    const present = min(HALF_WIDTH, columns - column);
    const columnBytes = (<usize>column) << 2;
    const half = panels + <usize>(column / PANEL_WIDTH) * panelBytes + <usize>(column & HALF_WIDTH) * 4;
    for (let pixel = 0; pixel < pixelCount; pixel += TILE_PIXELS) {
      // Behind the last pixel the tile computes the last one again.
      const index1 = min(pixel + 1, lastPixel);
      const index2 = min(pixel + 2, lastPixel);
      const entry0 = pixels + <usize>pixel * PIXEL_BYTES;
      const entry1 = pixels + <usize>index1 * PIXEL_BYTES;
      const entry2 = pixels + <usize>index2 * PIXEL_BYTES;
      const xa = loadLanes(outputAddress(x, entry0) + columnBytes, present);
      const xb = loadLanes(outputAddress(x, entry1) + columnBytes, present);
      const xc = loadLanes(outputAddress(x, entry2) + columnBytes, present);
      const lowA = f32x4.sub(xa, one);
      const lowB = f32x4.sub(xb, one);
      const lowC = f32x4.sub(xc, one);
      const highA = f32x4.add(xa, one);
      const highB = f32x4.add(xb, one);
      const highC = f32x4.add(xc, one);
      let a = zero;
      let b = zero;
      let c = zero;
      let panel = half;
      for (let run = runs; run < runsEnd; run += 4) {
        const offset = load<i32>(run);
        let pa = windowAddress(source, entry0) + offset;
        let pb = windowAddress(source, entry1) + offset;
        let pc = windowAddress(source, entry2) + offset;
        const end = pa + runBytes;
        while (pa < end) {
          // F comes first: pmax and pmin keep a NaN in the first operand.
          const f = v128.load(panel);
          a = f32x4.add(a, f32x4.mul(v128.load32_splat(pa), f32x4.pmin(f32x4.pmax(f, lowA), highA)));
          b = f32x4.add(b, f32x4.mul(v128.load32_splat(pb), f32x4.pmin(f32x4.pmax(f, lowB), highB)));
          c = f32x4.add(c, f32x4.mul(v128.load32_splat(pc), f32x4.pmin(f32x4.pmax(f, lowC), highC)));
          pa += 4;
          pb += 4;
          pc += 4;
          panel += PANEL_ROW_BYTES;
        }
      }
      a = f32x4.sub(a, f32x4.mul(xa, v128.load32_splat(windowSums + ((<usize>pixel) << 2))));
      b = f32x4.sub(b, f32x4.mul(xb, v128.load32_splat(windowSums + ((<usize>index1) << 2))));
      c = f32x4.sub(c, f32x4.mul(xc, v128.load32_splat(windowSums + ((<usize>index2) << 2))));
      // 0 · dX is NaN where dX is not finite, and adding keeps it.
      bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(a, b), c)));
      storeLanes(outputAddress(target, entry0) + columnBytes, a, present);
      storeLanes(outputAddress(target, entry1) + columnBytes, b, present);
      storeLanes(outputAddress(target, entry2) + columnBytes, c, present);
    }
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}

/**
 * dX = ΣdY·sgn(F − X), with sgn(0) = 0. Comparisons lose NaN, so an element whose X or F is not finite is marked as NaN, for the formula to decide.
 *
 * @param panelMarks [panels, 8]: 0, or NaN where a column of the panels has an F that is not finite
 * @returns 1 if all of dX is finite, otherwise 0
 */
export function adderConv2dBackpropInputSign(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  x: usize,
  panelMarks: usize,
): i32 {
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  let bad = zero;
  for (let column = 0; column < columns; column += HALF_WIDTH) {
    const present = min(HALF_WIDTH, columns - column);
    const columnBytes = (<usize>column) << 2;
    const half = panels + <usize>(column / PANEL_WIDTH) * panelBytes + <usize>(column & HALF_WIDTH) * 4;
    const mark = v128.load(panelMarks + columnBytes);
    for (let pixel = 0; pixel < pixelCount; pixel += TILE_PIXELS) {
      const entry0 = pixels + <usize>pixel * PIXEL_BYTES;
      const entry1 = pixels + <usize>min(pixel + 1, lastPixel) * PIXEL_BYTES;
      const entry2 = pixels + <usize>min(pixel + 2, lastPixel) * PIXEL_BYTES;
      const xa = loadLanes(outputAddress(x, entry0) + columnBytes, present);
      const xb = loadLanes(outputAddress(x, entry1) + columnBytes, present);
      const xc = loadLanes(outputAddress(x, entry2) + columnBytes, present);
      let a = f32x4.add(mark, f32x4.mul(zero, xa));
      let b = f32x4.add(mark, f32x4.mul(zero, xb));
      let c = f32x4.add(mark, f32x4.mul(zero, xc));
      let panel = half;
      for (let run = runs; run < runsEnd; run += 4) {
        const offset = load<i32>(run);
        let pa = windowAddress(source, entry0) + offset;
        let pb = windowAddress(source, entry1) + offset;
        let pc = windowAddress(source, entry2) + offset;
        const end = pa + runBytes;
        while (pa < end) {
          const f = v128.load(panel);
          a = f32x4.add(a, signed(v128.load32_splat(pa), f, xa));
          b = f32x4.add(b, signed(v128.load32_splat(pb), f, xb));
          c = f32x4.add(c, signed(v128.load32_splat(pc), f, xc));
          pa += 4;
          pb += 4;
          pc += 4;
          panel += PANEL_ROW_BYTES;
        }
      }
      bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(a, b), c)));
      storeLanes(outputAddress(target, entry0) + columnBytes, a, present);
      storeLanes(outputAddress(target, entry1) + columnBytes, b, present);
      storeLanes(outputAddress(target, entry2) + columnBytes, c, present);
    }
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}

/** dY·sgn(F − X). */
function signed(dy: v128, f: v128, x: v128): v128 {
  return f32x4.sub(v128.and(dy, f32x4.gt(f, x)), v128.and(dy, f32x4.lt(f, x)));
}

/**
 * dX −= X·ΣdY: with ΣdY·F before it, the surrogate ΣdY·(F − X).
 *
 * @returns 1 if all of dX is finite, otherwise 0
 */
export function subtractScaledInput(
  target: usize,
  pixels: usize,
  pixelCount: i32,
  columns: i32,
  x: usize,
  windowSums: usize,
): i32 {
  const vectorBytes = (<usize>(columns & ~3)) << 2;
  const bytes = (<usize>columns) << 2;
  let bad = f32x4.splat(0);
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    const entry = pixels + <usize>pixel * PIXEL_BYTES;
    const dx = outputAddress(target, entry);
    const values = outputAddress(x, entry);
    const sum = v128.load32_splat(windowSums + ((<usize>pixel) << 2));
    let at: usize = 0;
    for (; at < vectorBytes; at += 16) {
      const value = f32x4.sub(v128.load(dx + at), f32x4.mul(v128.load(values + at), sum));
      v128.store(dx + at, value);
      bad = f32x4.add(bad, f32x4.mul(f32x4.splat(0), value));
    }
    for (; at < bytes; at += 4) {
      const value = f32x4.sub(v128.load32_zero(dx + at), f32x4.mul(v128.load32_zero(values + at), sum));
      store<f32>(dx + at, f32x4.extract_lane(value, 0));
      // The other lanes are 0 · sum, which is NaN only where the sum is not finite: then the formula decides as well.
      bad = f32x4.add(bad, f32x4.mul(f32x4.splat(0), value));
    }
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}
