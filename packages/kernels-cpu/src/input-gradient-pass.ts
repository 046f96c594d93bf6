// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {PaddedImages} from './padded-images.js';
import {packPanels} from './panels.js';

/**
 * The inner loop of an input gradient: 2 output pixels × `width` input channels under one filter position, over the `count` output channels
 * of a group. The tile adds to dx[at0 …] and dx[at1 …] what dy[dy0 …] and dy[dy1 …] give through
 * panel[panelStart + width · t …], t < count; x has dx's layout.
 */
export type InputGradientTile = (
  dy: Float64Array,
  dy0: number,
  dy1: number,
  count: number,
  panel: Float64Array,
  panelStart: number,
  x: Float64Array,
  dx: Float64Array,
  at0: number,
  at1: number,
) => void;

/**
 * Runs `tile` over all pairs of an output pixel and a filter position, scattering into dX: no division by strides, and nothing to do for
 * strides, dilations or padding beyond the tables. What falls on the padding is dropped.
 *
 * @param width input channels that `tile` takes at once
 * @param x [batch, inHeight, inWidth, inChannels]; undefined where the gradient does not depend on it
 * @param filter [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @param dy [batch, outHeight, outWidth, outChannels]
 * @returns dX, of x's shape
 */
export function inputGradientPass(
  tile: InputGradientTile,
  width: number,
  x: Float32Array | undefined,
  filter: Float32Array,
  dy: Float32Array,
  geometry: Conv2DGeometry,
): Float32Array {
  const {batch, groups, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels} = geometry;
  const groupInChannels = inChannels / groups;
  const groupOutChannels = outChannels / groups;
  const gradient = new PaddedImages(geometry, width);
  const images = x === undefined ? undefined : new PaddedImages(geometry, width);
  const {origins, tapOffsets, groupChannels} = gradient;

  // [group, filter position, input channels / width, output channel, width]
  const positions = tapOffsets.length;
  const positionElements = groupChannels * groupOutChannels;
  const panels = new Float64Array(groups * positions * positionElements);
  for (let group = 0; group < groups; group++) {
    for (let position = 0; position < positions; position++) {
      const start = position * groupInChannels * outChannels + group * groupOutChannels;
      const rows = {rows: groupOutChannels, rowStride: 1};
      const columns = {columns: groupInChannels, columnStride: outChannels};
      const target = (group * positions + position) * positionElements;
      packPanels({values: filter, start, ...rows, ...columns}, width, panels, target);
    }
  }

  const dx = new Float32Array(batch * inHeight * inWidth * inChannels);
  const imageOutputs = outHeight * outWidth * outChannels;
  const dyBlock = new Float64Array(origins.length * outChannels);
  const xValues = images === undefined ? new Float64Array(0) : images.values;
  for (let first = 0; first < batch; first += gradient.capacity) {
    const count = Math.min(gradient.capacity, batch - first);
    const pixels = count * outHeight * outWidth;
    if (x !== undefined) images?.load(x, first, count);
    dyBlock.set(dy.subarray(first * imageOutputs, (first + count) * imageOutputs));
    gradient.values.fill(0);
    for (let group = 0; group < groups; group++) {
      for (let position = 0; position < positions; position++) {
        for (let channel = 0; channel < groupChannels; channel += width) {
          const offset = tapOffsets[position] + group * groupChannels + channel;
          const panelStart = (group * positions + position) * positionElements + channel * groupOutChannels;
          for (let pixel = 0; pixel < pixels; pixel += 2) {
            const dy0 = pixel * outChannels + group * groupOutChannels;
            const at0 = origins[pixel] + offset;
            const at1 = origins[pixel + 1] + offset;
            tile(
              dyBlock,
              dy0,
              dy0 + outChannels,
              groupOutChannels,
              panels,
              panelStart,
              xValues,
              gradient.values,
              at0,
              at1,
            );
          }
        }
      }
    }
    gradient.store(dx, first, count);
  }
  return dx;
}
