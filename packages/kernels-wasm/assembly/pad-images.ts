// SPDX-License-Identifier: Apache-2.0
import {copyFloats} from './copy-floats';

/**
 * Copies `images` images [height, width, channels], contiguous from `source`, into images of `targetHeight` × `targetWidth` from `target`, with
 * `top` rows above and `left` columns before them. What lies around an image is not written: it is the zero padding, which the caller sets once.
 */
export function padImages(
  source: usize,
  target: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  targetHeight: i32,
  targetWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixelBytes = (<usize>channels) << 2;
  const rowBytes = <usize>width * pixelBytes;
  const targetRowBytes = <usize>targetWidth * pixelBytes;
  const targetImageBytes = <usize>targetHeight * targetRowBytes;
  target += <usize>top * targetRowBytes + <usize>left * pixelBytes;
  for (let image = 0; image < images; image++) {
    let row = target;
    for (let h = 0; h < height; h++) {
      copyFloats(source, row, rowBytes);
      source += rowBytes;
      row += targetRowBytes;
    }
    target += targetImageBytes;
  }
}
