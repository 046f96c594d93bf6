// SPDX-License-Identifier: Apache-2.0
import {addToRow} from './filter-gradients';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {PIXEL_BYTES, windowAddress} from './windows';

/** Rows of the filter that the tiles compute at once, times eight columns: with the filter's own elements, more would not fit the registers. */
const TILE_ROWS: i32 = 2;

/** dF += ΣdY·sgn(X − F) for finite X, F and dY: dY with the sign of X − F where the two differ, bit by bit. See filter-gradients.ts. */
export function adderConv2dBackpropFilterSign(
  source: usize,
  pixels: usize,
  pixelCount: i32,
  rowOffsets: usize,
  rows: i32,
  dyPanels: usize,
  columns: i32,
  target: usize,
  filter: usize,
): void {
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  const signBit = i32x4.splat(<i32>0x80000000);
  for (let column = 0; column < columns; column += PANEL_WIDTH) {
    for (let row = 0; row < rows; row += TILE_ROWS) {
      const next = row + 1 < rows;
      const offset0 = load<i32>(rowOffsets + ((<usize>row) << 2));
      const offset1 = next ? load<i32>(rowOffsets + ((<usize>row) << 2), 4) : offset0;
      const nextFilter = next ? filter + PANEL_ROW_BYTES : filter;
      const f00 = v128.load(filter);
      const f01 = v128.load(filter, 16);
      const f10 = v128.load(nextFilter);
      const f11 = v128.load(nextFilter, 16);
      let a0 = f32x4.splat(0);
      let a1 = f32x4.splat(0);
      let b0 = f32x4.splat(0);
      let b1 = f32x4.splat(0);
      let slopes = dyPanels;
      for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
        const x = windowAddress(source, pixel);
        const slope0 = v128.load(slopes);
        const slope1 = v128.load(slopes, 16);
        let value = v128.load32_splat(x + offset0);
        a0 = f32x4.add(a0, signed(slope0, f32x4.sub(value, f00), signBit));
        a1 = f32x4.add(a1, signed(slope1, f32x4.sub(value, f01), signBit));
        value = v128.load32_splat(x + offset1);
        b0 = f32x4.add(b0, signed(slope0, f32x4.sub(value, f10), signBit));
        b1 = f32x4.add(b1, signed(slope1, f32x4.sub(value, f11), signBit));
        slopes += PANEL_ROW_BYTES;
      }
      addToRow(target, true, a0, a1);
      addToRow(target + PANEL_ROW_BYTES, next, b0, b1);
      const tileBytes = (next ? 2 : 1) * PANEL_ROW_BYTES;
      target += tileBytes;
      filter += tileBytes;
    }
    dyPanels += <usize>pixelCount * PANEL_ROW_BYTES;
  }
}

/** slope·sgn(difference). */
function signed(slope: v128, difference: v128, signBit: v128): v128 {
  const flipped = v128.xor(slope, v128.and(difference, signBit));
  return v128.and(flipped, f32x4.ne(difference, f32x4.splat(0)));
}

/**
 * dF += ΣdY·(X − F), or ΣdY·sgn(X − F) if `sign` is not 0, by the formula as it stands, with all that infinities and NaN make of it. Slower than the
 * others; see filter-gradients.ts.
 */
export function adderConv2dBackpropFilterDirect(
  source: usize,
  pixels: usize,
  pixelCount: i32,
  rowOffsets: usize,
  rows: i32,
  dyPanels: usize,
  columns: i32,
  target: usize,
  filter: usize,
  sign: i32,
): void {
  const pixelsEnd = pixels + <usize>pixelCount * PIXEL_BYTES;
  for (let column = 0; column < columns; column += PANEL_WIDTH) {
    for (let row = 0; row < rows; row++) {
      const origin = source + load<i32>(rowOffsets + ((<usize>row) << 2));
      const f0 = v128.load(filter);
      const f1 = v128.load(filter, 16);
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let slopes = dyPanels;
      for (let pixel = pixels; pixel < pixelsEnd; pixel += PIXEL_BYTES) {
        const value = v128.load32_splat(windowAddress(origin, pixel));
        let difference0 = f32x4.sub(value, f0);
        let difference1 = f32x4.sub(value, f1);
        if (sign !== 0) {
          difference0 = signOf(difference0);
          difference1 = signOf(difference1);
        }
        sum0 = f32x4.add(sum0, f32x4.mul(v128.load(slopes), difference0));
        sum1 = f32x4.add(sum1, f32x4.mul(v128.load(slopes, 16), difference1));
        slopes += PANEL_ROW_BYTES;
      }
      addToRow(target, true, sum0, sum1);
      target += PANEL_ROW_BYTES;
      filter += PANEL_ROW_BYTES;
    }
    dyPanels += <usize>pixelCount * PANEL_ROW_BYTES;
  }
}

/** −1, 0, 1 or NaN. */
function signOf(values: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const positive = v128.and(f32x4.gt(values, zero), one);
  const negative = v128.and(f32x4.lt(values, zero), one);
  return v128.or(f32x4.sub(positive, negative), f32x4.ne(values, values));
}
