// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';
import {Canvas, type Colour, type PatternPlacement} from './canvas.js';
import {PATTERNS, type Pattern} from './patterns.js';

/** How the colour channels of a pattern go together: the variants of a family. Up to sign, since an image may be inverted. */
export const COLOUR_AXES = [
  {name: 'grey', weights: [1, 1, 1]},
  {name: 'red-green', weights: [1.4, -1.4, 0]},
  {name: 'green-blue', weights: [0, 1.4, -1.4]},
  {name: 'blue-red', weights: [-1.4, 0, 1.4]},
  {name: 'yellow-blue', weights: [1, 1, -1.4]},
] as const;

export type ColourAxis = (typeof COLOUR_AXES)[number];

/** Usual size of a pattern's cell, in pixels. */
const CELL = 6;

/**
 * Paints one `size` × `size` × 3 image of a class into `pixels` at `start`: a pattern in a soft patch, over a colour gradient, blobs of any
 * colour and a fainter patch of any other pattern, with noise.
 *
 * Position, cell size, rotation, contrast and colours vary, and every image is as likely as its mirror image (so that flipping does not
 * change its class) and as its inversion. The mean image of every class is therefore the same grey, and a linear model, whose best
 * weights under that symmetry are zero, has nothing to go by; what tells classes apart is the local arrangement.
 */
export function paintPattern(
  pattern: Pattern,
  axis: ColourAxis,
  random: CounterRandom,
  size: number,
  pixels: Uint8Array,
  start: number,
): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const colour = (low: number, high: number): Colour => [between(low, high), between(low, high), between(low, high)];
  const place = (smallest: number, largest: number): PatternPlacement => ({
    x: between(0.2, 0.8) * size,
    y: between(0.2, 0.8) * size,
    radius: between(smallest, largest) * size,
    cell: between(0.85, 1.2) * CELL,
    halfTangent: between(-0.08, 0.08), // a rotation by up to ±9°
    mirrored: random.uniform() < 0.5,
  });
  const patternColour = (weights: Colour, contrast: number): Colour => {
    const signed = random.uniform() < 0.5 ? -contrast : contrast;
    const vary = (weight: number) => weight * signed * between(0.8, 1.2);
    return [vary(weights[0]), vary(weights[1]), vary(weights[2])];
  };

  const canvas = new Canvas(size);
  canvas.fill(colour(88, 168), colour(-1.6, 1.6), colour(-1.6, 1.6));
  for (let blob = 0; blob < 3; blob++) {
    canvas.addBlob(between(0, size), between(0, size), between(3, 9), colour(-80, 80));
  }
  const contrast = between(40, 85);
  const distraction = PATTERNS[random.integer(PATTERNS.length)] ?? pattern;
  const distractionAxis = COLOUR_AXES[random.integer(COLOUR_AXES.length)] ?? axis;
  canvas.addPattern(
    distraction,
    place(0.25, 0.4),
    patternColour(distractionAxis.weights, between(0.2, 0.65) * contrast),
  );
  canvas.addPattern(pattern, place(0.4, 0.75), patternColour(axis.weights, contrast));
  canvas.writeTo(pixels, start, between(3, 20), random.uint32());
}
