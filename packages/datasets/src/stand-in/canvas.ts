// SPDX-License-Identifier: Apache-2.0
import type {MeasuredPattern} from './patterns.js';
import {edge, wave} from './waves.js';

/** Red, green, blue; differences of pixel values (0–255). */
export type Colour = readonly [number, number, number];

/** A plane wave whose sign inverts a pattern: at pixel offset (dx, dy) its phase is x·dx + y·dy + phase, in turns. */
export interface SignWave {
  readonly x: number;
  readonly y: number;
  readonly phase: number;
}

/** Where a pattern lies and how it is turned. Lengths in pixels. */
export interface PatternPlacement {
  readonly x: number;
  readonly y: number;
  /** Radius of the patch; the pattern fades out over its outer part. */
  readonly radius: number;
  /** Size of the pattern's cell. */
  readonly cell: number;
  /** Tangent of half the angle of rotation: with it the rotation needs no sine, which may differ between JavaScript engines. */
  readonly halfTangent: number;
  readonly mirrored: boolean;
  /** The pattern is inverted where the product of these is negative. */
  readonly inversions: readonly SignWave[];
}

/** How abruptly a pattern is inverted, relative to the wave. */
const INVERSION_SLOPE = 3;

/** A square colour image under construction. */
export class Canvas {
  readonly #size: number;
  /** [size, size, 3]. */
  readonly #values: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#values = new Float64Array(size * size * 3);
  }

  /** Replaces everything by a gradient: `middle` in the middle, changing by `slopeX` and `slopeY` per pixel. */
  fill(middle: Colour, slopeX: Colour, slopeY: Colour): void {
    const values = this.#values;
    let at = 0;
    for (let y = 0; y < this.#size; y++) {
      const dy = y + 0.5 - this.#size / 2;
      for (let x = 0; x < this.#size; x++) {
        const dx = x + 0.5 - this.#size / 2;
        values[at++] = middle[0] + slopeX[0] * dx + slopeY[0] * dy;
        values[at++] = middle[1] + slopeX[1] * dx + slopeY[1] * dy;
        values[at++] = middle[2] + slopeX[2] * dx + slopeY[2] * dy;
      }
    }
  }

  /** Adds a soft disc. */
  addBlob(centreX: number, centreY: number, radius: number, colour: Colour): void {
    this.#add(centreX, centreY, radius, colour, (dx, dy) => {
      const square = (dx * dx + dy * dy) / (radius * radius);
      return 1 - square * square;
    });
  }

  /**
   * Adds a round patch of a pattern less its mean, times `colour`. With its mean, a patch of dots, say, would be darker or brighter than its
   * surroundings as a whole, and that large even spot, shared by many images of a class, is what a linear model can know by its strength.
   */
  addPattern(pattern: MeasuredPattern, placement: PatternPlacement, colour: Colour): void {
    const {x, y, radius, cell, halfTangent, mirrored, inversions} = placement;
    const cos = (1 - halfTangent * halfTangent) / (1 + halfTangent * halfTangent) / cell;
    const sin = (2 * halfTangent) / (1 + halfTangent * halfTangent) / cell;
    const side = mirrored ? -1 : 1;
    this.#add(x, y, radius, colour, (dx, dy) => {
      const square = (dx * dx + dy * dy) / (radius * radius);
      let strength = square < 0.5 ? 1 : 2 - 2 * square;
      for (const inversion of inversions) {
        strength *= edge(wave(inversion.x * dx + inversion.y * dy + inversion.phase), INVERSION_SLOPE);
      }
      return strength * (pattern.at(side * cos * dx + sin * dy, cos * dy - side * sin * dx) - pattern.mean);
    });
  }

  /** Adds `colour` × `value` at every pixel centre (dx, dy) off the centre that is less than `radius` away. */
  #add(
    centreX: number,
    centreY: number,
    radius: number,
    colour: Colour,
    value: (dx: number, dy: number) => number,
  ): void {
    const values = this.#values;
    const last = this.#size - 1;
    const firstX = Math.max(0, Math.floor(centreX - radius));
    const lastX = Math.min(last, Math.floor(centreX + radius));
    const lastY = Math.min(last, Math.floor(centreY + radius));
    for (let y = Math.max(0, Math.floor(centreY - radius)); y <= lastY; y++) {
      const dy = y + 0.5 - centreY;
      for (let x = firstX; x <= lastX; x++) {
        const dx = x + 0.5 - centreX;
        if (dx * dx + dy * dy >= radius * radius) continue;
        const amount = value(dx, dy);
        const at = (y * this.#size + x) * 3;
        values[at] = values[at] + amount * colour[0];
        values[at + 1] = values[at + 1] + amount * colour[1];
        values[at + 2] = values[at + 2] + amount * colour[2];
      }
    }
  }

  /** Writes [size, size, 3] bytes, with uniform noise of ± `noise` from a generator started with `noiseSeed` (uint32). */
  writeTo(pixels: Uint8Array, start: number, noise: number, noiseSeed: number): void {
    const values = this.#values;
    const scale = noise / 0x8000_0000;
    let state = noiseSeed | 0;
    for (let at = 0; at < values.length; at++) {
      // A linear congruential generator does for sensor noise, at a tenth of the cost of the counter-based one.
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const value = values[at] + state * scale;
      pixels[start + at] = value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
    }
  }
}
