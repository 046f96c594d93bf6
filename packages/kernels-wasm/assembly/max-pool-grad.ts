// SPDX-License-Identifier: Apache-2.0
import * as geometryOf from './geometry';

/**
 * Adds dY to dX where the window of x has its first largest element. Elements in the padding take no part, NaN never is the largest, and a window of NaN or
 * −∞ alone gives nothing. dX is set to 0 before.
 *
 * @param geometry every channel a group of its own
 * @param images how many of the geometry's batch, from where dy, x and dx point to
 */
export function maxPoolGrad(geometry: usize, images: i32, dy: usize, x: usize, dx: usize): void {
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
        const start = <usize>top * rowBytes + <usize>left * pixelBytes;
        const end = <usize>max(bottom, 0) * rowBytes;
        const runBytes = <usize>width * pixelBytes;
        let channel: usize = 0;
        for (; channel < vectorBytes; channel += 16) {
          let largest = f32x4.splat(-Infinity);
          // Bytes from the image to the largest element; none lies there.
          let place = i32x4.splat(-1);
          for (let row = start; row < end; row += rowBytes) {
            for (let at = row; at < row + runBytes; at += pixelBytes) {
              const value = v128.load(x + at + channel);
              const larger = f32x4.gt(value, largest);
              largest = v128.bitselect(value, largest, larger);
              place = v128.bitselect(i32x4.splat(<i32>at), place, larger);
            }
          }
          const slope = v128.load(dy + channel);
          for (let row = start; row < end; row += rowBytes) {
            for (let at = row; at < row + runBytes; at += pixelBytes) {
              const target = dx + at + channel;
              const taken = v128.and(slope, i32x4.eq(place, i32x4.splat(<i32>at)));
              v128.store(target, f32x4.add(v128.load(target), taken));
            }
          }
        }
        for (; channel < pixelBytes; channel += 4) {
          let largest: f32 = -Infinity;
          let place: usize = 0;
          for (let row = start; row < end; row += rowBytes) {
            for (let at = row; at < row + runBytes; at += pixelBytes) {
              const value = load<f32>(x + at + channel);
              if (value > largest) {
                largest = value;
                place = dx + at + channel;
              }
            }
          }
          if (place !== 0) store<f32>(place, load<f32>(place) + load<f32>(dy + channel));
        }
        dy += pixelBytes;
      }
    }
    x += imageBytes;
    dx += imageBytes;
  }
}
