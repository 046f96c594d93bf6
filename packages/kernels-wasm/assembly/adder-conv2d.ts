// SPDX-License-Identifier: Apache-2.0
import {PANEL_ROW_BYTES, PANEL_WIDTH} from './panels';
import {outputAddress, PIXEL_BYTES, storePair, windowAddress} from './windows';

/** Pixels that the tile computes at once. Four times eight sums and their operands fit the 16 registers of an x86-64 processor. */
const TILE_PIXELS: i32 = 4;

/**
 * Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2) as ΣX + ΣF − 2·Σmax(X, F), by |a − b| = 2·max(a, b) − a − b: two instructions per tap.
 *
 * @param windowSums [pixelCount + 3]: ΣX of every pixel's window
 * @param panelSums [panels, 8]: ΣF of every column
 * @returns 1 if all outputs are finite, otherwise 0; where they are not, the identity may have made NaN of infinities
 */
export function adderConv2d(
  source: usize,
  target: usize,
  pixels: usize,
  pixelCount: i32,
  runs: usize,
  runCount: i32,
  runLength: i32,
  panels: usize,
  columns: i32,
  windowSums: usize,
  panelSums: usize,
): i32 {
  const panelBytes = <usize>(runCount * runLength) * PANEL_ROW_BYTES;
  const runsEnd = runs + ((<usize>runCount) << 2);
  const runBytes = (<usize>runLength) << 2;
  const lastPixel = pixelCount - 1;
  const zero = f32x4.splat(0);
  let bad = zero;
  for (let column = 0; column < columns; column += PANEL_WIDTH) {
    const present = columns - column;
    const sums0 = v128.load(panelSums);
    const sums1 = v128.load(panelSums, 16);
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
          a0 = f32x4.add(a0, f32x4.pmax(x, f0));
          a1 = f32x4.add(a1, f32x4.pmax(x, f1));
          x = v128.load32_splat(pb);
          b0 = f32x4.add(b0, f32x4.pmax(x, f0));
          b1 = f32x4.add(b1, f32x4.pmax(x, f1));
          x = v128.load32_splat(pc);
          c0 = f32x4.add(c0, f32x4.pmax(x, f0));
          c1 = f32x4.add(c1, f32x4.pmax(x, f1));
          x = v128.load32_splat(pd);
          d0 = f32x4.add(d0, f32x4.pmax(x, f0));
          d1 = f32x4.add(d1, f32x4.pmax(x, f1));
          pa += 4;
          pb += 4;
          pc += 4;
          pd += 4;
          panel += PANEL_ROW_BYTES;
        }
      }
      const outputs = target + ((<usize>column) << 2);
      const sumsAt = windowSums + ((<usize>pixel) << 2);
      let sum = v128.load32_splat(sumsAt);
      a0 = f32x4.sub(f32x4.add(sum, sums0), f32x4.add(a0, a0));
      a1 = f32x4.sub(f32x4.add(sum, sums1), f32x4.add(a1, a1));
      sum = v128.load32_splat(sumsAt, 4);
      b0 = f32x4.sub(f32x4.add(sum, sums0), f32x4.add(b0, b0));
      b1 = f32x4.sub(f32x4.add(sum, sums1), f32x4.add(b1, b1));
      sum = v128.load32_splat(sumsAt, 8);
      c0 = f32x4.sub(f32x4.add(sum, sums0), f32x4.add(c0, c0));
      c1 = f32x4.sub(f32x4.add(sum, sums1), f32x4.add(c1, c1));
      sum = v128.load32_splat(sumsAt, 12);
      d0 = f32x4.sub(f32x4.add(sum, sums0), f32x4.add(d0, d0));
      d1 = f32x4.sub(f32x4.add(sum, sums1), f32x4.add(d1, d1));
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
    panelSums += PANEL_ROW_BYTES;
  }
  return v128.any_true(f32x4.ne(bad, bad)) ? 0 : 1;
}
