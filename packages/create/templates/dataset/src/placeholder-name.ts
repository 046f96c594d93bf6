// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import {createImageSplit} from '@addernet/datasets';
import type {DatasetAdapter, SplitName} from '@addernet/plugin';

const TITLE = 'PlaceholderName';
const SIDE = 12;
const CLASS_NAMES = ['horizontal', 'vertical', 'diagonal'];
const SIZES = {train: 600, test: 300};

/**
 * Paints one image [SIDE, SIDE, 1] of its class: a line of random place and width on a noisy ground. Files are read in this place: pixels 0 to 255,
 * row by row, channels last.
 */
function paint(pixels: Uint8Array, label: number, random: CounterRandom): void {
  const center = 2 + (SIDE - 4) * random.uniform();
  const halfWidth = 0.8 + random.uniform();
  for (let index = 0; index < pixels.length; index++) {
    const column = index % SIDE;
    const row = Math.floor(index / SIDE);
    const distance = [row - center, column - center, (column - row) / Math.SQRT2 + (center - SIDE / 2) / 2][label];
    const light = (Math.abs(distance) < halfWidth ? 170 : 70) + 30 * random.normal();
    pixels[index] = Math.max(0, Math.min(255, light));
  }
}

/** Lines in three directions. No files: the images are generated, always the same. */
export const placeholderNameDataset: DatasetAdapter = {
  name: 'placeholder-name',
  title: TITLE,
  description: `horizontal, vertical and diagonal lines, ${SIDE}×${SIDE} grey, generated`,
  imageShape: [SIDE, SIDE, 1],
  numClasses: CLASS_NAMES.length,
  splitSizes: SIZES,
  // Mean and standard deviation of the training pixels, scaled to [0, 1].
  normalization: {mean: [0.364], std: [0.203]},
  // A flip would turn a diagonal into another; a crop of a pixel or two does no harm.
  augmentation: {padCrop: 1},
  load(split: SplitName) {
    const pixels = new Uint8Array(SIZES[split] * SIDE * SIDE);
    const labels = Uint8Array.from({length: SIZES[split]}, (_, index) => index % CLASS_NAMES.length);
    labels.forEach((label, index) => {
      // Random numbers by (seed, what for, split, image): an image does not depend on how many there are.
      const random = new CounterRandom(1, 'lines', split, index);
      paint(pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE), label, random);
    });
    return Promise.resolve(
      createImageSplit({
        name: split,
        // 'official': these images are the dataset. 'synthetic' is for images that stand in for others, 'partial' for a part of them.
        provenance: {kind: 'official', label: TITLE},
        imageShape: [SIDE, SIDE, 1],
        classNames: CLASS_NAMES,
        pixels,
        labels,
      }),
    );
  },
  // Where there are files: 'official' if they are there, else 'none' and what is missing; without loading them.
  status: () => Promise.resolve({available: 'official', detail: 'generated'}),
};
