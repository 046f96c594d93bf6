// SPDX-License-Identifier: Apache-2.0
import type {CounterRandom} from '@addernet/core';
import {Canvas, type Colour, type PatternPlacement, type SignWave} from './canvas.js';
import type {MeasuredPattern} from './patterns.js';

/** How the colour channels of a pattern go together: the variants of a family. Up to sign, since an image may be inverted. */
export const COLOUR_AXES = [
  {name: 'grey', weights: [1, 1, 1]},
  {name: 'red-green', weights: [1.4, -1.4, 0]},
  {name: 'green-blue', weights: [0, 1.4, -1.4]},
  {name: 'blue-red', weights: [-1.4, 0, 1.4]},
  {name: 'yellow-blue', weights: [1, 1, -1.4]},
] as const;

/** What an image is to show. */
export interface PatternClass {
  /** All patterns: the others serve as distraction. */
  readonly patterns: readonly MeasuredPattern[];
  /** Index into `patterns`. */
  readonly family: number;
  /** Index into `COLOUR_AXES`. */
  readonly variant: number;
}

/** Usual size of a pattern's cell, in pixels. */
const CELL = 6;

/**
 * Paints one `size` × `size` × 3 image of a class into `pixels` at `start`: a pattern in a soft patch, over a colour gradient, blobs of any
 * colour and a fainter patch of any other pattern, with noise.
 *
 * Position, cell size, rotation, contrast and colours vary, and every image is as likely as its mirror image (so that flipping does not
 * change its class) and as its inversion. The mean image of every class is therefore the same grey, and the weights of least expected
 * loss of a linear model are zero. It could still know a class by how strongly, in either direction, an image agrees with a template;
 * stripes of inversion across the pattern and patterns of mean zero leave little of that. What tells classes apart is the local arrangement.
 */
export function paintPattern(
  {patterns, family, variant}: PatternClass,
  random: CounterRandom,
  size: number,
  pixels: Uint8Array,
  start: number,
): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const colour = (low: number, high: number): Colour => [between(low, high), between(low, high), between(low, high)];
  const signWave = (): SignWave => {
    const x = between(-1, 1);
    const y = between(-1, 1);
    const perPixel = 1 / (between(15, 22) * Math.sqrt(x * x + y * y + 1e-9));
    return {x: x * perPixel, y: y * perPixel, phase: between(0, 1)};
  };
  const place = (smallest: number, largest: number): PatternPlacement => ({
    x: between(0.2, 0.8) * size,
    y: between(0.2, 0.8) * size,
    radius: between(smallest, largest) * size,
    cell: between(0.85, 1.2) * CELL,
    halfTangent: between(-0.08, 0.08), // a rotation by up to ±9°
    mirrored: random.uniform() < 0.5,
    inversions: [signWave()],
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
  const contrast = between(45, 85);
  const distraction = patterns[random.integer(patterns.length)];
  const distractionAxis = COLOUR_AXES[random.integer(COLOUR_AXES.length)];
  canvas.addPattern(
    distraction,
    place(0.25, 0.4),
    patternColour(distractionAxis.weights, between(0.2, 0.5) * contrast),
  );
  canvas.addPattern(patterns[family], place(0.45, 0.75), patternColour(COLOUR_AXES[variant].weights, contrast));
  canvas.writeTo(pixels, start, between(3, 15), random.uint32());
}
