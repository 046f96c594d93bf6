// SPDX-License-Identifier: Apache-2.0
import {CounterRandom, deriveSeed} from '@addernet/core';
import type {StandIn} from '../definition.js';
import {encodeIdx} from '../formats/idx.js';
import {MNIST_SIZE, mnistPart} from '../mnist/files.js';
import {paintDigit} from './digits.js';
import {standInLabels} from './labels.js';

/** A stand-in with the shapes and file format of MNIST: digits drawn from strokes. */
export function mnistStandIn(classNames: readonly string[]): StandIn {
  const imageBytes = MNIST_SIZE * MNIST_SIZE;
  return {
    sizes: {train: 10_000, test: 2_000},
    classNames: {fine: classNames},
    generate(split, images, seed) {
      const labels = standInLabels(split, images, classNames.length, seed);
      const imageSeed = deriveSeed(seed, 'stand-in image', split);
      const pixels = new Uint8Array(images * imageBytes);
      labels.forEach((label, index) => {
        paintDigit(label, new CounterRandom(imageSeed, index), MNIST_SIZE, pixels, index * imageBytes);
      });
      const files = [
        {name: `generated ${split} images`, bytes: encodeIdx(pixels, [images, MNIST_SIZE, MNIST_SIZE])},
        {name: `generated ${split} labels`, bytes: encodeIdx(labels, [images])},
      ];
      return {part: mnistPart(split, images), files};
    },
  };
}
