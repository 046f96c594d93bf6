// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';
import type {RandomResizedCrop} from '@addernet/plugin';

/** What is cut out of an image, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How often a region that leaves the image is drawn anew, as in torchvision. */
const ATTEMPTS = 10;

/** Share of the resized image's short side that the centre crop keeps: 224 of 256, as the AdderNet authors' test.py has it. */
const CENTER_SHARE = 224 / 256;

/**
 * For evaluation: the size that an image is brought to, its short side 256/224 of `size`, and the square of `size` in its middle (torchvision's
 * Resize and CenterCrop).
 */
export function centerCrop(
  width: number,
  height: number,
  size: number,
): {readonly resized: readonly [width: number, height: number]; readonly region: Region} {
  const short = Math.max(size, Math.round(size / CENTER_SHARE));
  const scale = short / Math.min(width, height);
  const along = (length: number): number =>
    length === Math.min(width, height) ? short : Math.max(short, Math.floor(length * scale));
  const resized = [along(width), along(height)] as const;
  const from = (length: number): number => Math.round((length - size) / 2);
  return {resized, region: {left: from(resized[0]), top: from(resized[1]), width: size, height: size}};
}

/**
 * For training: a region of random area and aspect ratio (Szegedy et al., arXiv 1409.4842, section 6), and, where none of ten fits, the largest in
 * the middle whose ratio is within the range (as torchvision does).
 */
export function randomRegion(
  random: CounterRandom,
  width: number,
  height: number,
  {scale, ratio}: RandomResizedCrop,
): Region {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * (scale[0] + (scale[1] - scale[0]) * random.uniform());
    const logRatio = Math.log(ratio[0]) + (Math.log(ratio[1]) - Math.log(ratio[0])) * random.uniform();
    const aspect = Math.exp(logRatio);
    const [w, h] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (w >= 1 && h >= 1 && w <= width && h <= height) {
      return {left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h};
    }
  }
  const aspect = Math.min(Math.max(width / height, ratio[0]), ratio[1]);
  const w = Math.max(1, Math.min(width, Math.round(height * aspect)));
  const h = Math.max(1, Math.min(height, Math.round(width / aspect)));
  return {left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h};
}
