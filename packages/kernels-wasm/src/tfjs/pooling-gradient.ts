// SPDX-License-Identifier: Apache-2.0
import type {TensorInfo} from '@tensorflow/tfjs-core';
import {geometryTable} from '../geometry-table.js';
import {FLOAT_BYTES, type KernelCall} from '../kernel-call.js';
import type {Lane} from '../lane.js';
import type {TfjsArguments} from '../tfjs-kernel.js';
import {elementwiseParts, equalBounds, FLOAT_NANOSECONDS} from '../work.js';
import {poolingGeometry} from './window-attributes.js';

/** One call: some images, all channels. */
export interface PoolingGradientCall {
  /** Address of the geometry's table. */
  readonly geometry: number;
  readonly images: number;
  readonly dy: number;
  readonly x: number;
  readonly dx: number;
}

/** Runs the loop of a pooling's gradient over all images. */
export function poolingGradient(
  call: KernelCall,
  given: TfjsArguments,
  loop: (lane: Lane, pool: PoolingGradientCall) => void,
): TensorInfo {
  const input = given.input('input');
  const geometry = poolingGeometry(given, input.shape);
  const {batch, inHeight, inWidth, outHeight, outWidth, inChannels} = geometry;
  const imageFloats = inHeight * inWidth * inChannels;
  const dyImageFloats = outHeight * outWidth * inChannels;
  const dy = call.address(given.input('dy'));
  const x = call.address(input);
  const dx = call.output(input.shape);
  const table = call.table(geometryTable(geometry));
  const bounds = equalBounds(batch, Math.max(1, Math.min(batch, elementwiseParts(batch * imageFloats))));
  // The window's elements are read, and written in dX.
  const nanoseconds = 2 * batch * imageFloats * FLOAT_NANOSECONDS;
  call.parallel(bounds.length - 1, nanoseconds, (part, lane) => {
    const first = bounds[part];
    const offset = first * imageFloats * FLOAT_BYTES;
    loop(lane, {
      geometry: table,
      images: bounds[part + 1] - first,
      dy: dy + first * dyImageFloats * FLOAT_BYTES,
      x: x + offset,
      dx: dx.address + offset,
    });
  });
  return dx.tensor;
}
