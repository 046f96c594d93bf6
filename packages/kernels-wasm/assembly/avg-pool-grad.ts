// SPDX-License-Identifier: Apache-2.0
import * as geometryOf from './geometry';

/**
 * Adds to dX, at every element of a window of x, dY divided by the number of elements that the window has inside the image. dX is set to 0 before.
 *
 * @param geometry every channel a group of its own
 * @param images how many of the geometry's batch, from where dy and dx point to
 */
export function avgPoolGrad(geometry: usize, images: i32, dy: usize, dx: usize): void {
  const channels = geometryOf.groupsOf(geometry);
  const inHeight = geometryOf.inHeightOf(geometry);
  const inWidth = geometryOf.inWidthOf(geometry);
  const outHeight = geometryOf.outHeightOf(geometry);
  const outWidth = geometryOf.outWidthOf(geometry);
  const pixelBytes = (<usize>channels) << 2;
  const rowBytes = <usize>inWidth * pixelBytes;
  const imageBytes = <usize>inHeight * rowBytes;
  const vectorBytes = (<usize>(channels & ~3)) << 2;
  memory.fill(dx, 0, <usize>images * imageBytes);
  for (let image = 0; image < images; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const firstRow = outRow * geometryOf.strideHeightOf(geometry) - geometryOf.padTopOf(geometry);
      const top = max(firstRow, 0);
      const bottom = min(firstRow + geometryOf.filterHeightOf(geometry), inHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const firstColumn = outColumn * geometryOf.strideWidthOf(geometry) - geometryOf.padLeftOf(geometry);
        const left = max(firstColumn, 0);
        const width = max(min(firstColumn + geometryOf.filterWidthOf(geometry), inWidth) - left, 0);
        const start = dx + <usize>top * rowBytes + <usize>left * pixelBytes;
        const end = dx + <usize>max(bottom, 0) * rowBytes;
        const runBytes = <usize>width * pixelBytes;
        const share: f32 = 1 / <f32>(max(bottom - top, 0) * width);
        let channel: usize = 0;
        for (; channel < vectorBytes; channel += 16) {
          const slope = f32x4.mul(v128.load(dy + channel), f32x4.splat(share));
          for (let row = start; row < end; row += rowBytes) {
            for (let at = row + channel; at < row + runBytes; at += pixelBytes) {
              v128.store(at, f32x4.add(v128.load(at), slope));
            }
          }
        }
        for (; channel < pixelBytes; channel += 4) {
          const slope = load<f32>(dy + channel) * share;
          for (let row = start; row < end; row += rowBytes) {
            for (let at = row + channel; at < row + runBytes; at += pixelBytes) store<f32>(at, load<f32>(at) + slope);
          }
        }
        dy += pixelBytes;
      }
    }
    dx += imageBytes;
  }
}
