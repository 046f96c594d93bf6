// SPDX-License-Identifier: Apache-2.0
import {finish} from './epilogue';
import {PANEL_ROW_BYTES} from './panels';
import {combine, sumsMaxima} from './tile-arithmetic';
import {outputAddress, PIXEL_BYTES, storePair, windowAddress} from './windows';

/** A sweep over one panel; see combineWindows. */
export function fourPixelsByEight<Op>(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runsEnd: usize,
  runBytes: usize,
  panel: usize,
  present: i32,
  windowHalves: usize,
  panelHalves: usize,
  epilogue: usize,
  scales: usize,
): i32 {
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  const start0 = sumsMaxima<Op>() ? v128.load(panelHalves, 0) : zero;
  const start1 = sumsMaxima<Op>() ? v128.load(panelHalves, 16) : zero;
  let bad = zero;
  for (let pixel = 0; pixel < pixelCount; pixel += 4) {
    // Behind the last pixel the tile computes the last one again.
    const entryA = pixels + <usize>pixel * PIXEL_BYTES;
    const indexB = min(pixel + 1, lastPixel);
    const entryB = pixels + <usize>indexB * PIXEL_BYTES;
    const indexC = min(pixel + 2, lastPixel);
    const entryC = pixels + <usize>indexC * PIXEL_BYTES;
    const indexD = min(pixel + 3, lastPixel);
    const entryD = pixels + <usize>indexD * PIXEL_BYTES;
    let row = panel;
    const halfA = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>pixel) << 2)) : zero;
    let a0 = sumsMaxima<Op>() ? f32x4.add(halfA, start0) : zero;
    let a1 = sumsMaxima<Op>() ? f32x4.add(halfA, start1) : zero;
    const halfB = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>indexB) << 2)) : zero;
    let b0 = sumsMaxima<Op>() ? f32x4.add(halfB, start0) : zero;
    let b1 = sumsMaxima<Op>() ? f32x4.add(halfB, start1) : zero;
    const halfC = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>indexC) << 2)) : zero;
    let c0 = sumsMaxima<Op>() ? f32x4.add(halfC, start0) : zero;
    let c1 = sumsMaxima<Op>() ? f32x4.add(halfC, start1) : zero;
    const halfD = sumsMaxima<Op>() ? v128.load32_splat(windowHalves + ((<usize>indexD) << 2)) : zero;
    let d0 = sumsMaxima<Op>() ? f32x4.add(halfD, start0) : zero;
    let d1 = sumsMaxima<Op>() ? f32x4.add(halfD, start1) : zero;
    for (let run = runs; run < runsEnd; run += 4) {
      const offset = load<i32>(run);
      let xA = windowAddress(source, entryA) + offset;
      let xB = windowAddress(source, entryB) + offset;
      let xC = windowAddress(source, entryC) + offset;
      let xD = windowAddress(source, entryD) + offset;
      const end = xA + runBytes;
      while (xA < end) {
        const f0 = v128.load(row);
        const f1 = v128.load(row, 16);
        let x = v128.load32_splat(xA);
        a0 = combine<Op>(a0, x, f0);
        a1 = combine<Op>(a1, x, f1);
        x = v128.load32_splat(xB);
        b0 = combine<Op>(b0, x, f0);
        b1 = combine<Op>(b1, x, f1);
        x = v128.load32_splat(xC);
        c0 = combine<Op>(c0, x, f0);
        c1 = combine<Op>(c1, x, f1);
        x = v128.load32_splat(xD);
        d0 = combine<Op>(d0, x, f0);
        d1 = combine<Op>(d1, x, f1);
        xA += 4;
        xB += 4;
        xC += 4;
        xD += 4;
        row += PANEL_ROW_BYTES;
      }
    }
    if (sumsMaxima<Op>()) {
      a0 = f32x4.mul(a0, f32x4.splat(2));
      a1 = f32x4.mul(a1, f32x4.splat(2));
      b0 = f32x4.mul(b0, f32x4.splat(2));
      b1 = f32x4.mul(b1, f32x4.splat(2));
      c0 = f32x4.mul(c0, f32x4.splat(2));
      c1 = f32x4.mul(c1, f32x4.splat(2));
      d0 = f32x4.mul(d0, f32x4.splat(2));
      d1 = f32x4.mul(d1, f32x4.splat(2));
    }
    // 0 · y is NaN where y is not finite, and adding keeps it.
    const abSum = f32x4.add(f32x4.add(a0, a1), f32x4.add(b0, b1));
    const cdSum = f32x4.add(f32x4.add(c0, c1), f32x4.add(d0, d1));
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(abSum, cdSum)));
    const outputsA = outputAddress(target, entryA);
    const outputsB = outputAddress(target, entryB);
    const outputsC = outputAddress(target, entryC);
    const outputsD = outputAddress(target, entryD);
    if (epilogue !== 0) {
      a0 = finish(epilogue, scales, a0, outputsA, present);
      a1 = finish(epilogue, scales + 16, a1, outputsA + 16, present - 4);
      b0 = finish(epilogue, scales, b0, outputsB, present);
      b1 = finish(epilogue, scales + 16, b1, outputsB + 16, present - 4);
      c0 = finish(epilogue, scales, c0, outputsC, present);
      c1 = finish(epilogue, scales + 16, c1, outputsC + 16, present - 4);
      d0 = finish(epilogue, scales, d0, outputsD, present);
      d1 = finish(epilogue, scales + 16, d1, outputsD + 16, present - 4);
    }
    if (present >= 8) {
      v128.store(outputsA, a0);
      v128.store(outputsA, a1, 16);
      v128.store(outputsB, b0);
      v128.store(outputsB, b1, 16);
      v128.store(outputsC, c0);
      v128.store(outputsC, c1, 16);
      v128.store(outputsD, d0);
      v128.store(outputsD, d1, 16);
    } else if (present >= 4 && contiguous(outputsA, outputsB, outputsC, outputsD, (<usize>present) << 2)) {
      // What the stores write too much, the next one overwrites.
      v128.store(outputsA, a0);
      v128.store(outputsA, a1, 16);
      v128.store(outputsB, b0);
      v128.store(outputsB, b1, 16);
      v128.store(outputsC, c0);
      v128.store(outputsC, c1, 16);
      storePair(outputsD, d0, d1, present);
    } else {
      storePair(outputsA, a0, a1, present);
      storePair(outputsB, b0, b1, present);
      storePair(outputsC, c0, c1, present);
      storePair(outputsD, d0, d1, present);
    }
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}

function contiguous(a: usize, b: usize, c: usize, d: usize, bytes: usize): bool {
  return b === a + bytes && c === b + bytes && d === c + bytes;
}
