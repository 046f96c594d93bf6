// SPDX-License-Identifier: Apache-2.0
import type {ImageSplit, RecordedImage} from '@addernet/plugin';

/** Larger images are recorded smaller, so that a record's size has a bound: 12 KiB of pixels for each image. */
export const RECORDED_SIDE = 64;

/**
 * An image of a split, given as its pixels. Where a side is above `RECORDED_SIDE`, every pixel is the mean over a square of the original's; images with other than
 * three channels are recorded by the first one, in grey.
 */
export function recordedImage(pixels: Uint8Array, imageShape: ImageSplit['imageShape']): RecordedImage {
  const [fullHeight, fullWidth, fullChannels] = imageShape;
  const factor = Math.ceil(Math.max(fullHeight, fullWidth) / RECORDED_SIDE);
  const [height, width] = [Math.ceil(fullHeight / factor), Math.ceil(fullWidth / factor)];
  const channels = fullChannels === 3 ? 3 : 1;
  const bytes = new Uint8Array(height * width * channels);
  bytes.forEach((_, at) => {
    const [row, column, channel] = [
      Math.floor(at / channels / width),
      Math.floor(at / channels) % width,
      at % channels,
    ];
    const [bottom, right] = [Math.min(fullHeight, (row + 1) * factor), Math.min(fullWidth, (column + 1) * factor)];
    let [sum, count] = [0, 0];
    for (let y = row * factor; y < bottom; y++) {
      for (let x = column * factor; x < right; x++) {
        sum += pixels[(y * fullWidth + x) * fullChannels + channel] ?? 0;
        count++;
      }
    }
    bytes[at] = Math.round(sum / count);
  });
  return {height, width, channels, pixels: Buffer.from(bytes).toString('base64')};
}
