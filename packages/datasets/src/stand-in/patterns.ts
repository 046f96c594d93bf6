// SPDX-License-Identifier: Apache-2.0
import {distanceToWhole, edge, fromCellCentre, triangle, wave} from './waves.js';

/**
 * The pattern families: what tells the (coarse) classes of the colour stand-in apart. A pattern is a value in −1 … 1 at (u, v), in units of
 * its cell; it repeats, except around a centre at (0, 0).
 */
interface Pattern {
  readonly name: string;
  readonly at: (u: number, v: number) => number;
}

/** A pattern with the mean of its values. */
export interface MeasuredPattern extends Pattern {
  readonly mean: number;
}

/** Slope of the edges, per cell. */
const SLOPE = 6;

function radius(u: number, v: number): number {
  return Math.sqrt(u * u + v * v);
}

/** Distance from the nearest cell centre. */
function cellRadius(u: number, v: number): number {
  return radius(fromCellCentre(u), fromCellCentre(v));
}

const SHAPES = [
  {name: 'rows', at: (_u, v) => wave(v)},
  {name: 'checks', at: (u, v) => edge(wave(u) * wave(v), 3)},
  {name: 'dots', at: (u, v) => edge(0.3 - cellRadius(u, v), SLOPE)},
  {name: 'targets', at: (u, v) => wave(radius(u, v))},
  {name: 'diagonals', at: (u, v) => wave(0.7 * (u + v))},
  {name: 'mesh', at: (u, v) => edge(0.11 - Math.min(distanceToWhole(u / 1.5), distanceToWhole(v / 1.5)), 1.5 * SLOPE)},
  {name: 'columns', at: (u) => wave(u)},
  {name: 'rings', at: (u, v) => edge(0.1 - Math.abs(cellRadius(u / 1.8, v / 1.8) - 0.3), 1.8 * SLOPE)},
  {name: 'zigzags', at: (u, v) => wave(1.1 * v + 0.35 * triangle(0.6 * u))},
  {name: 'rays', at: rays},
  {name: 'fine rows', at: (_u, v) => wave(1.9 * v)},
  {name: 'diamonds', at: (u, v) => edge(wave(0.55 * (u + v)) * wave(0.55 * (u - v)), 3)},
  {name: 'bricks', at: bricks},
  {name: 'fine columns', at: (u) => wave(1.9 * u)},
  {name: 'crosses', at: crosses},
  {
    name: 'lattice',
    at: (u, v) => edge(0.16 - Math.min(distanceToWhole(0.6 * (u + v)), distanceToWhole(0.6 * (u - v))), SLOPE),
  },
  {name: 'fine dots', at: (u, v) => edge(0.3 - cellRadius(1.8 * u, 1.8 * v), SLOPE)},
  {name: 'triangles', at: triangles},
  {name: 'dashes', at: dashes},
  {name: 'blobs', at: (u, v) => 0.6 * (wave(0.37 * u + 0.21 * v) + wave(0.23 * u - 0.41 * v + 0.3 * wave(0.2 * u)))},
] as const satisfies readonly Pattern[];

/** Names of the families, in the order of `measuredPatterns`. */
export const PATTERN_NAMES = SHAPES.map(({name}) => name);

/** Side of the square, in cells, over which a pattern's mean is taken, and samples per cell. */
const MEAN_CELLS = 8;
const MEAN_SAMPLES = 12;

/** The pattern families. */
export function measuredPatterns(): readonly MeasuredPattern[] {
  return SHAPES.map(({name, at}) => {
    const side = MEAN_CELLS * MEAN_SAMPLES;
    let sum = 0;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        sum += at((x + 0.5) / MEAN_SAMPLES - MEAN_CELLS / 2, (y + 0.5) / MEAN_SAMPLES - MEAN_CELLS / 2);
      }
    }
    return {name, at, mean: sum / (side * side)};
  });
}

/** Twelve sectors around the centre: sin 6θ = 2 sin 3θ cos 3θ, written in x = cos θ, y = sin θ. */
function rays(u: number, v: number): number {
  const r = radius(u, v) + 1e-9;
  const x = u / r;
  const y = v / r;
  const sin3 = y * (3 - 4 * y * y);
  const cos3 = x * (4 * x * x - 3);
  return edge(2 * sin3 * cos3, 3 * Math.min(1, r));
}

/** Joints of a wall in running bond. */
function bricks(u: number, v: number): number {
  const course = Math.floor(v / 1.2);
  const joint = Math.min(distanceToWhole(v / 1.2), 2 * distanceToWhole(u / 2.4 + 0.5 * (course % 2)));
  return edge(0.12 - joint, 1.2 * SLOPE);
}

function crosses(u: number, v: number): number {
  const x = Math.abs(fromCellCentre(u / 1.8));
  const y = Math.abs(fromCellCentre(v / 1.8));
  return edge(Math.min(0.38 - Math.max(x, y), 0.13 - Math.min(x, y)), 1.8 * SLOPE);
}

/** One triangle per cell, point up. */
function triangles(u: number, v: number): number {
  const x = Math.abs(fromCellCentre(u / 1.7));
  const y = fromCellCentre(v / 1.7);
  return edge(Math.min(0.36 - y, 0.5 * (y + 0.4) - x), 1.7 * SLOPE);
}

/** Short upright bars, every other column shifted by half a cell. */
function dashes(u: number, v: number): number {
  const column = Math.floor(1.4 * u);
  const x = Math.abs(fromCellCentre(1.4 * u));
  const y = Math.abs(fromCellCentre(0.7 * v + 0.5 * (column % 2)));
  return edge(Math.min(0.2 - x, 0.3 - y), SLOPE);
}
