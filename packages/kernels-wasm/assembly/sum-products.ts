// SPDX-License-Identifier: Apache-2.0
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {outputAddress, PIXEL_BYTES, storePair, windowAddress} from './windows';

/** Pixels that the tile computes at once. Four times eight sums and their operands fit the 16 registers of an x86-64 processor. */
const TILE_PIXELS: i32 = 4;

/**
 * Sums of products of windows and columns: the convolution's Y = ΣX·F, its input gradient ΣdY·F, and the part of the adder's that is the same.
 *
 * @returns 1 if all outputs are finite, otherwise 0; where they are not, 0 · ∞ in the padding may have made a NaN
 */
export function sumProducts(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
): i32 {
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  let bad = zero;
  for (let column = 0; column < columns; column += PANEL_WIDTH) {
    const present = columns - column;
    for (let pixel = 0; pixel < pixelCount; pixel += TILE_PIXELS) {
      // Behind the last pixel the tile computes the last one again.
      const index1 = min(pixel + 1, lastPixel);
      const index2 = min(pixel + 2, lastPixel);
      const index3 = min(pixel + 3, lastPixel);
      const entry0 = pixels + <usize>pixel * PIXEL_BYTES;
      const entry1 = pixels + <usize>index1 * PIXEL_BYTES;
      const entry2 = pixels + <usize>index2 * PIXEL_BYTES;
      const entry3 = pixels + <usize>index3 * PIXEL_BYTES;
      let panel = panels;
      let a0 = f32x4.splat(0);
      let a1 = f32x4.splat(0);
      let b0 = f32x4.splat(0);
      let b1 = f32x4.splat(0);
      let c0 = f32x4.splat(0);
      let c1 = f32x4.splat(0);
      let d0 = f32x4.splat(0);
      let d1 = f32x4.splat(0);
      for (let run = runs; run < runsEnd; run += 4) {
        const offset = load<i32>(run);
        let pa = windowAddress(source, entry0) + offset;
        let pb = windowAddress(source, entry1) + offset;
        let pc = windowAddress(source, entry2) + offset;
        let pd = windowAddress(source, entry3) + offset;
        const end = pa + runBytes;
        // Unrolling makes this slower: the code of a longer loop does not fit where the processor keeps decoded instructions.
        while (pa < end) {
          const f0 = v128.load(panel);
          const f1 = v128.load(panel, 16);
          let x = v128.load32_splat(pa);
          a0 = f32x4.add(a0, f32x4.mul(x, f0));
          a1 = f32x4.add(a1, f32x4.mul(x, f1));
          x = v128.load32_splat(pb);
          b0 = f32x4.add(b0, f32x4.mul(x, f0));
          b1 = f32x4.add(b1, f32x4.mul(x, f1));
          x = v128.load32_splat(pc);
          c0 = f32x4.add(c0, f32x4.mul(x, f0));
          c1 = f32x4.add(c1, f32x4.mul(x, f1));
          x = v128.load32_splat(pd);
          d0 = f32x4.add(d0, f32x4.mul(x, f0));
          d1 = f32x4.add(d1, f32x4.mul(x, f1));
          pa += 4;
          pb += 4;
          pc += 4;
          pd += 4;
          panel += PANEL_ROW_BYTES;
        }
      }
      const outputs = target + ((<usize>column) << 2);
      // 0 · y is NaN where y is not finite, and adding keeps it.
      bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(a0, a1), f32x4.add(b0, b1))));
      bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(c0, c1), f32x4.add(d0, d1))));
      const outputsA = outputAddress(outputs, entry0);
      const outputsB = outputAddress(outputs, entry1);
      const outputsC = outputAddress(outputs, entry2);
      const outputsD = outputAddress(outputs, entry3);
      if (present >= PANEL_WIDTH) {
        v128.store(outputsA, a0);
        v128.store(outputsA, a1, 16);
        v128.store(outputsB, b0);
        v128.store(outputsB, b1, 16);
        v128.store(outputsC, c0);
        v128.store(outputsC, c1, 16);
        v128.store(outputsD, d0);
        v128.store(outputsD, d1, 16);
      } else {
        storePair(outputsA, a0, a1, present);
        storePair(outputsB, b0, b1, present);
        storePair(outputsC, c0, c1, present);
        storePair(outputsD, d0, d1, present);
      }
    }
    panels += panelBytes;
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}
