// SPDX-License-Identifier: Apache-2.0
import type {InMemorySplit} from '@addernet/plugin';
import {createImageSplit} from '../../src/index.js';

/** A split of `labels.length` images of the given shape whose pixel at flat position p of image i is (31 i + p) mod 251. */
export function patternedSplit(
  labels: readonly number[],
  imageShape: readonly [number, number, number] = [4, 5, 3],
  numClasses = 10,
): InMemorySplit {
  const imageSize = imageShape[0] * imageShape[1] * imageShape[2];
  return createImageSplit({
    name: 'train',
    provenance: {kind: 'official', label: 'test images'},
    imageShape,
    classNames: Array.from({length: numClasses}, (_, index) => `class ${index}`),
    pixels: Uint8Array.from({length: labels.length * imageSize}, (_, at) =>
      pixelOf(Math.floor(at / imageSize), at % imageSize),
    ),
    labels: Int32Array.from(labels),
  });
}

export function pixelOf(image: number, position: number): number {
  return (31 * image + position) % 251;
}
