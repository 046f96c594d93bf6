// SPDX-License-Identifier: Apache-2.0
import {finish} from './epilogue';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {combine, sumsMaxima} from './tile-arithmetic';
import {outputAddress, PIXEL_BYTES, storePair, windowAddress} from './windows';

/**
 * A sweep over two panels, or over the block of their rows that belongs to runs `runs` to `runsEnd`; see combineWindows.
 *
 * @param panel row of the first panel that belongs to the first of the runs
 * @param present columns that there are; fewer than 16 only where `first` and `last`
 * @param first whether the sums begin here; otherwise they are taken from the outputs
 * @param last whether they end here; otherwise they are left in the outputs as they are
 */
export function twoPixelsBySixteen<Op>(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runsEnd: usize,
  runBytes: usize,
  panel: usize,
  panelBytes: usize,
  present: i32,
  windowHalves: usize,
  panelHalves: usize,
  epilogue: usize,
  scales: usize,
  first: bool,
  last: bool,
): i32 {
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  const start0 = sumsMaxima<Op>() ? v128.load(panelHalves, 0) : zero;
  const start1 = sumsMaxima<Op>() ? v128.load(panelHalves, 16) : zero;
  const start2 = sumsMaxima<Op>() ? v128.load(panelHalves, 32) : zero;
  const start3 = sumsMaxima<Op>() ? v128.load(panelHalves, 48) : zero;
  let bad = zero;
  for (let pixel = 0; pixel < pixelCount; pixel += 2) {
    // Behind the last pixel the tile computes the last one again.
    const entryA = pixels + <usize>pixel * PIXEL_BYTES;
    const indexB = min(pixel + 1, lastPixel);
    const entryB = pixels + <usize>indexB * PIXEL_BYTES;
    let row = panel;
    const halfA = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>pixel) << 2)) : zero;
    let a0 = sumsMaxima<Op>() ? f32x4.add(halfA, start0) : zero;
    let a1 = sumsMaxima<Op>() ? f32x4.add(halfA, start1) : zero;
    let a2 = sumsMaxima<Op>() ? f32x4.add(halfA, start2) : zero;
    let a3 = sumsMaxima<Op>() ? f32x4.add(halfA, start3) : zero;
    const halfB = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>indexB) << 2)) : zero;
    let b0 = sumsMaxima<Op>() ? f32x4.add(halfB, start0) : zero;
    let b1 = sumsMaxima<Op>() ? f32x4.add(halfB, start1) : zero;
    let b2 = sumsMaxima<Op>() ? f32x4.add(halfB, start2) : zero;
    let b3 = sumsMaxima<Op>() ? f32x4.add(halfB, start3) : zero;
    const outputsA = outputAddress(target, entryA);
    const outputsB = outputAddress(target, entryB);
    if (!first) {
      a0 = v128.load(outputsA);
      a1 = v128.load(outputsA, 16);
      a2 = v128.load(outputsA, 32);
      a3 = v128.load(outputsA, 48);
      b0 = v128.load(outputsB);
      b1 = v128.load(outputsB, 16);
      b2 = v128.load(outputsB, 32);
      b3 = v128.load(outputsB, 48);
    }
    for (let run = runs; run < runsEnd; run += 4) {
      const offset = load<i32>(run);
      let xA = windowAddress(source, entryA) + offset;
      let xB = windowAddress(source, entryB) + offset;
      const end = xA + runBytes;
      while (xA < end) {
        const f0 = v128.load(row);
        const f1 = v128.load(row, 16);
        const f2 = v128.load(row + panelBytes);
        const f3 = v128.load(row + panelBytes, 16);
        let x = v128.load32_splat(xA);
        a0 = combine<Op>(a0, x, f0);
        a1 = combine<Op>(a1, x, f1);
        a2 = combine<Op>(a2, x, f2);
        a3 = combine<Op>(a3, x, f3);
        x = v128.load32_splat(xB);
        b0 = combine<Op>(b0, x, f0);
        b1 = combine<Op>(b1, x, f1);
        b2 = combine<Op>(b2, x, f2);
        b3 = combine<Op>(b3, x, f3);
        xA += 4;
        xB += 4;
        row += PANEL_ROW_BYTES;
      }
    }
    if (!last) {
      v128.store(outputsA, a0);
      v128.store(outputsA, a1, 16);
      v128.store(outputsA, a2, 32);
      v128.store(outputsA, a3, 48);
      v128.store(outputsB, b0);
      v128.store(outputsB, b1, 16);
      v128.store(outputsB, b2, 32);
      v128.store(outputsB, b3, 48);
      continue;
    }
    if (sumsMaxima<Op>()) {
      a0 = f32x4.mul(a0, f32x4.splat(2));
      a1 = f32x4.mul(a1, f32x4.splat(2));
      a2 = f32x4.mul(a2, f32x4.splat(2));
      a3 = f32x4.mul(a3, f32x4.splat(2));
      b0 = f32x4.mul(b0, f32x4.splat(2));
      b1 = f32x4.mul(b1, f32x4.splat(2));
      b2 = f32x4.mul(b2, f32x4.splat(2));
      b3 = f32x4.mul(b3, f32x4.splat(2));
    }
    // 0 · y is NaN where y is not finite, and adding keeps it.
    const aSum = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
    const bSum = f32x4.add(f32x4.add(b0, b1), f32x4.add(b2, b3));
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(aSum, bSum)));
    if (epilogue !== 0) {
      a0 = finish(epilogue, scales, a0, outputsA, present);
      a1 = finish(epilogue, scales + 16, a1, outputsA + 16, present - 4);
      a2 = finish(epilogue, scales + 32, a2, outputsA + 32, present - 8);
      a3 = finish(epilogue, scales + 48, a3, outputsA + 48, present - 12);
      b0 = finish(epilogue, scales, b0, outputsB, present);
      b1 = finish(epilogue, scales + 16, b1, outputsB + 16, present - 4);
      b2 = finish(epilogue, scales + 32, b2, outputsB + 32, present - 8);
      b3 = finish(epilogue, scales + 48, b3, outputsB + 48, present - 12);
    }
    if (present >= 16) {
      v128.store(outputsA, a0);
      v128.store(outputsA, a1, 16);
      v128.store(outputsA, a2, 32);
      v128.store(outputsA, a3, 48);
      v128.store(outputsB, b0);
      v128.store(outputsB, b1, 16);
      v128.store(outputsB, b2, 32);
      v128.store(outputsB, b3, 48);
    } else {
      storePair(outputsA, a0, a1, present);
      storePair(outputsA + PANEL_ROW_BYTES, a2, a3, present - PANEL_WIDTH);
      storePair(outputsB, b0, b1, present);
      storePair(outputsB + PANEL_ROW_BYTES, b2, b3, present - PANEL_WIDTH);
    }
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}
