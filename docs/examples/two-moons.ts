// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import {createImageSplit} from '@addernet/datasets';
import type {DatasetAdapter, SplitName} from '@addernet/plugin';

const SIDE = 12;
const SIZES = {train: 400, test: 200};

/**
 * Paints a crescent of random size and place into one image [SIDE, SIDE, 1]: a disk from which another is cut, on the left for the waxing
 * moon, on the right for the waning one.
 */
function paint(pixels: Uint8Array, waning: boolean, random: CounterRandom): void {
  const radius = 3 + 1.5 * random.uniform();
  const place = (): number => radius + (SIDE - 2 * radius) * random.uniform();
  const [x, y] = [place(), place()];
  const cutX = x + radius * (waning ? 0.6 : -0.6);
  for (let index = 0; index < pixels.length; index++) {
    const column = (index % SIDE) + 0.5;
    const row = Math.floor(index / SIDE) + 0.5;
    const lit = Math.hypot(column - x, row - y) < radius && Math.hypot(column - cutX, row - y) > radius;
    pixels[index] = Math.max(0, Math.min(255, (lit ? 160 : 60) + 40 * random.normal()));
  }
}

/** Crescents of the waxing and the waning moon. No files: the images are generated, always the same. */
export const twoMoons: DatasetAdapter = {
  name: 'two-moons',
  title: 'Two moons',
  description: 'crescents of the waxing and the waning moon, 12×12 grey, generated',
  imageShape: [SIDE, SIDE, 1],
  numClasses: 2,
  splitSizes: SIZES,
  // Mean and standard deviation of the training pixels, scaled to [0, 1].
  normalization: {mean: [0.283], std: [0.193]},
  // A flip would turn one class into the other; a crop of a pixel or two would do no harm.
  augmentation: {padCrop: 1},
  load(name: SplitName) {
    const pixels = new Uint8Array(SIZES[name] * SIDE * SIDE);
    const labels = Uint8Array.from({length: SIZES[name]}, (_, index) => index % 2);
    labels.forEach((label, index) => {
      // Random numbers by (seed, split, image): an image does not depend on how many there are.
      const random = new CounterRandom(1, 'two moons', name, index);
      paint(pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE), label === 1, random);
    });
    const split = createImageSplit({
      name,
      // 'official': these images are the dataset. 'synthetic' is for images that stand in for others.
      provenance: {kind: 'official', label: 'Two moons'},
      imageShape: [SIDE, SIDE, 1],
      classNames: ['waxing', 'waning'],
      pixels,
      labels,
    });
    return Promise.resolve(split);
  },
  status: () => Promise.resolve({available: 'official', detail: 'generated'}),
};
