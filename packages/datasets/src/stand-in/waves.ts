// SPDX-License-Identifier: Apache-2.0

/*
 * Periodic functions from +, −, ×, ÷ and floor alone: these are exact in IEEE 754, whereas Math.sin and its kin may differ in the last bit from
 * one JavaScript engine to another, and the generated images must not.
 */

/** Like sin(2πt), from two parabolas; period 1, range −1 … 1. */
export function wave(t: number): number {
  const phase = t - Math.floor(t);
  return phase < 0.5 ? 16 * phase * (0.5 - phase) : -16 * (phase - 0.5) * (1 - phase);
}

/** Triangle wave; period 1, range −1 … 1. */
export function triangle(t: number): number {
  const phase = t - Math.floor(t);
  return phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase;
}

/** Distance of t to the nearest whole number, 0 … 0.5. */
export function distanceToWhole(t: number): number {
  return Math.abs(t - Math.floor(t + 0.5));
}

/** t − floor(t) − 0.5: position in a cell from its centre, −0.5 … 0.5. */
export function fromCellCentre(t: number): number {
  return t - Math.floor(t) - 0.5;
}

/** An edge of finite width: `distance` × `slope`, limited to −1 … 1. */
export function edge(distance: number, slope: number): number {
  const value = distance * slope;
  return value > 1 ? 1 : value < -1 ? -1 : value;
}
