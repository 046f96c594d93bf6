// SPDX-License-Identifier: Apache-2.0
import * as geometries from './geometry';

/**
 * Recomputes by the formula, tap by tap and in float64, every element of y that is not finite: there the fast forms may have made NaN of an
 * infinity (∞ − ∞ in the adder's identity, 0 · ∞ in a convolution's padding).
 *
 * @param adder 1 for the adder's −Σ|X − F|, where a tap in the padding has X = 0 and counts; 0 for the convolution's ΣX·F, where it does not
 */
export function repairForward(geometry: usize, x: usize, filter: usize, y: usize, adder: i32): void {
  const batch = geometries.batchOf(geometry);
  const outHeight = geometries.outHeightOf(geometry);
  const outWidth = geometries.outWidthOf(geometry);
  const channels = geometries.groupOutChannelsOf(geometry) * geometries.groupsOf(geometry);
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let t = 0; t < channels; t++) {
          if (!isFinite(load<f32>(y))) store<f32>(y, element(geometry, x, filter, adder, image, row, column, t));
          y += 4;
        }
      }
    }
  }
}

function element(
  geometry: usize,
  x: usize,
  filter: usize,
  adder: i32,
  image: i32,
  outRow: i32,
  outColumn: i32,
  t: i32,
): f32 {
  const filterHeight = geometries.filterHeightOf(geometry);
  const filterWidth = geometries.filterWidthOf(geometry);
  const channels = geometries.groupInChannelsOf(geometry);
  const firstChannel = (t / geometries.groupOutChannelsOf(geometry)) * channels;
  const top = outRow * geometries.strideHeightOf(geometry) - geometries.padTopOf(geometry);
  const left = outColumn * geometries.strideWidthOf(geometry) - geometries.padLeftOf(geometry);
  let sum: f64 = 0;
  for (let i = 0; i < filterHeight; i++) {
    const row = top + i * geometries.dilationHeightOf(geometry);
    for (let j = 0; j < filterWidth; j++) {
      const column = left + j * geometries.dilationWidthOf(geometry);
      const pixel = geometries.inPixel(geometry, x, image, row, column);
      for (let k = 0; k < channels; k++) {
        const f = <f64>load<f32>(geometries.filterElement(geometry, filter, i, j, k, t));
        if (adder) {
          sum -= abs((pixel === 0 ? 0 : <f64>load<f32>(pixel + ((<usize>(firstChannel + k)) << 2))) - f);
        } else if (pixel !== 0) {
          sum += <f64>load<f32>(pixel + ((<usize>(firstChannel + k)) << 2)) * f;
        }
      }
    }
  }
  return <f32>sum;
}
