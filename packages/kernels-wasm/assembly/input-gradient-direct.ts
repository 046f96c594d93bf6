// SPDX-License-Identifier: Apache-2.0
import * as geometries from './geometry';

/** What dY is multiplied by, as in src/input-gradient.ts. */
const HARD_TANH: i32 = 0;
const SIGN: i32 = 1;
const DIFFERENCE: i32 = 2;

/**
 * Recomputes by the formula, tap by tap and in float64, every element of dX that is not finite: there the fast forms may have made NaN of an
 * infinity, or have marked the element because they cannot tell.
 *
 * @param factor 0: hard tanh of F − X, 1: its sign, 2: F − X itself (the adder's surrogates); 3: F (the convolution), where x is not read
 */
export function repairInputGradient(geometry: usize, x: usize, filter: usize, dy: usize, dx: usize, factor: i32): void {
  const batch = geometries.batchOf(geometry);
  const inHeight = geometries.inHeightOf(geometry);
  const inWidth = geometries.inWidthOf(geometry);
  const channels = geometries.groupInChannelsOf(geometry) * geometries.groupsOf(geometry);
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < inHeight; row++) {
      for (let column = 0; column < inWidth; column++) {
        for (let channel = 0; channel < channels; channel++) {
          if (!isFinite(load<f32>(dx))) {
            store<f32>(dx, element(geometry, x, filter, dy, factor, image, row, column, channel));
          }
          dx += 4;
          x += 4;
        }
      }
    }
  }
}

/** @param x address of the element's own X */
function element(
  geometry: usize,
  x: usize,
  filter: usize,
  dy: usize,
  factor: i32,
  image: i32,
  row: i32,
  column: i32,
  channel: i32,
): f32 {
  const filterHeight = geometries.filterHeightOf(geometry);
  const filterWidth = geometries.filterWidthOf(geometry);
  const groupInChannels = geometries.groupInChannelsOf(geometry);
  const groupOutChannels = geometries.groupOutChannelsOf(geometry);
  const first = (channel / groupInChannels) * groupOutChannels;
  const k = channel % groupInChannels;
  let sum: f64 = 0;
  for (let i = 0; i < filterHeight; i++) {
    const down = row + geometries.padTopOf(geometry) - i * geometries.dilationHeightOf(geometry);
    const outRow = outPosition(down, geometries.strideHeightOf(geometry), geometries.outHeightOf(geometry));
    if (outRow < 0) continue;
    for (let j = 0; j < filterWidth; j++) {
      const right = column + geometries.padLeftOf(geometry) - j * geometries.dilationWidthOf(geometry);
      const outColumn = outPosition(right, geometries.strideWidthOf(geometry), geometries.outWidthOf(geometry));
      if (outColumn < 0) continue;
      const pixel = geometries.outPixel(geometry, dy, image, outRow, outColumn);
      for (let t = first; t < first + groupOutChannels; t++) {
        const f = <f64>load<f32>(geometries.filterElement(geometry, filter, i, j, k, t));
        const slope = factor <= DIFFERENCE ? slopeOf(f - <f64>load<f32>(x), factor) : f;
        sum += <f64>load<f32>(pixel + ((<usize>t) << 2)) * slope;
      }
    }
  }
  return <f32>sum;
}

/** The output position whose window starts `distance` before, or −1 if there is none. */
function outPosition(distance: i32, stride: i32, length: i32): i32 {
  if (distance < 0 || distance % stride !== 0) return -1;
  const position = distance / stride;
  return position < length ? position : -1;
}

function slopeOf(difference: f64, factor: i32): f64 {
  if (factor === HARD_TANH) return min<f64>(1, max<f64>(-1, difference));
  if (factor === SIGN) return difference > 0 ? 1 : difference < 0 ? -1 : difference;
  return difference;
}
