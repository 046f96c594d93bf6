// SPDX-License-Identifier: Apache-2.0
import {finish, scalesOf} from './epilogue';
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {outputAddress, PIXEL_BYTES, storePair, windowAddress} from './windows';

/**
 * The two operations by which windows and columns are combined. They are types, and told apart by isInteger, because that is resolved at compile
 * time: each instance of a tile below contains one of them only.
 */
export type Products = f32;
export type Maxima = i32;

/**
 * Σ X·F (`Products`), or 2·(wh + ph − Σ max(X, F)) (`Maxima`), for every pixel of a table and every column of packed panels; see windows.ts
 * for the tables.
 *
 * Tiles of 2 pixels × 16 columns, and of 4 × 8 where 8 columns or less are left: eight sums and their operands fit the 16 vector registers of an
 * x86-64 processor. The inner loops take one element of the window at a time: V8 unrolls them itself, and of a loop unrolled by hand it moves all loads
 * to the front, for which there are not enough registers.
 *
 * @param windowHalves [pixelCount] wh, for `Maxima`
 * @param panelHalves [panels, 8] ph, for `Maxima`
 * @param epilogue table of what is to be made of the sums before they are stored (epilogue.ts); 0: nothing
 * @returns 1 if all sums are finite, otherwise 0
 */
export function combineWindows<Op>(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  windowHalves: usize,
  panelHalves: usize,
  epilogue: usize,
): i32 {
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  let finite = 1;
  let column = 0;
  for (; column + PANEL_WIDTH < columns; column += 2 * PANEL_WIDTH) {
    finite &= twoPixelsBySixteen<Op>(
      source,
      target + ((<usize>column) << 2),
      pixels,
      pixelCount,
      runs,
      runsEnd,
      runBytes,
      panels + <usize>(column / PANEL_WIDTH) * panelBytes,
      panelBytes,
      columns - column,
      windowHalves,
      panelHalves + ((<usize>column) << 2),
      epilogue,
      scalesOf(epilogue) + ((<usize>column) << 2),
    );
  }
  if (column < columns) {
    finite &= fourPixelsByEight<Op>(
      source,
      target + ((<usize>column) << 2),
      pixels,
      pixelCount,
      runs,
      runsEnd,
      runBytes,
      panels + <usize>(column / PANEL_WIDTH) * panelBytes,
      columns - column,
      windowHalves,
      panelHalves + ((<usize>column) << 2),
      epilogue,
      scalesOf(epilogue) + ((<usize>column) << 2),
    );
  }
  return finite;
}

function combine<Op>(sum: v128, x: v128, f: v128): v128 {
  if (!isInteger<Op>()) return f32x4.add(sum, f32x4.mul(x, f));
  // Without SIMD there is no maximum without a branch, and the magnitude is one instruction.
  return WITHOUT_SIMD ? f32x4.sub(sum, f32x4.abs(f32x4.sub(x, f))) : f32x4.sub(sum, f32x4.pmax(x, f));
}

/** Whether sums are of maxima, and so begin with the halves and are doubled in the end. */
function sumsMaxima<Op>(): bool {
  return isInteger<Op>() && !WITHOUT_SIMD;
}

function twoPixelsBySixteen<Op>(
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
    const outputsA = outputAddress(target, entryA);
    const outputsB = outputAddress(target, entryB);
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

function fourPixelsByEight<Op>(
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
