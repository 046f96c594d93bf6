// SPDX-License-Identifier: Apache-2.0
import {CounterRandom, deriveSeed} from '@addernet/core';
import type {StandIn} from '../definition.js';
import {CIFAR_IMAGE_SHAPE, encodeCifarRecords, type CifarLayout} from '../formats/cifar-records.js';
import {standInLabels} from './labels.js';
import {COLOUR_AXES, paintPattern} from './paint-pattern.js';
import {PATTERN_NAMES, measuredPatterns} from './patterns.js';

export interface CifarStandInOptions {
  readonly layout: CifarLayout;
  /** Number of pattern families that are classes. */
  readonly families: number;
  /**
   * True: the variants of a family are its fine classes (fine label = 5 × coarse label + variant). False (default): the families are the
   * classes and the variant is drawn anew for every image.
   */
  readonly variantsAsClasses?: boolean;
}

const VARIANTS = COLOUR_AXES.length;

/** A stand-in with the shapes and record format of CIFAR. */
export function cifarStandIn({layout, families, variantsAsClasses = false}: CifarStandInOptions): StandIn {
  const [size, , channels] = CIFAR_IMAGE_SHAPE;
  const imageBytes = size * size * channels;
  const familyNames = PATTERN_NAMES.slice(0, families);
  const variantNames = familyNames.flatMap((family) => COLOUR_AXES.map((axis) => `${axis.name} ${family}`));
  return {
    sizes: {train: 10_000, test: 2_000},
    classNames: variantsAsClasses ? {fine: variantNames, coarse: familyNames} : {fine: familyNames},
    ...(variantsAsClasses
      ? {
          classGroups: familyNames.map((name, family) => ({
            name,
            classes: COLOUR_AXES.map((_, variant) => VARIANTS * family + variant),
          })),
        }
      : {}),
    generate(split, images, seed) {
      const labels = standInLabels(split, images, variantsAsClasses ? families * VARIANTS : families, seed);
      const imageSeed = deriveSeed(seed, 'stand-in image', split);
      const pixels = new Uint8Array(images * imageBytes);
      const patterns = measuredPatterns();
      labels.forEach((label, index) => {
        const random = new CounterRandom(imageSeed, index);
        const family = variantsAsClasses ? Math.floor(label / VARIANTS) : label;
        const variant = variantsAsClasses ? label % VARIANTS : random.integer(VARIANTS);
        paintPattern({patterns, family, variant}, random, size, pixels, index * imageBytes);
      });
      const coarse = labels.map((label) => Math.floor(label / VARIANTS));
      const bytes = encodeCifarRecords(pixels, variantsAsClasses ? [coarse, labels] : [labels], layout);
      const name = `generated ${split} images`;
      return {part: {images, files: [{name, bytes: bytes.length}]}, files: [{name, bytes}]};
    },
  };
}
