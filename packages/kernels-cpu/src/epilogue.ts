// SPDX-License-Identifier: Apache-2.0
import type {Activation} from '@addernet/core';
import type {Finish} from './forward-pass.js';

export interface Epilogue {
  /** [outChannels] */
  readonly scale: Float32Array;
  /** [outChannels] */
  readonly offset: Float32Array;
  /** [batch, outHeight, outWidth, outChannels], or none. */
  readonly residual: Float32Array | undefined;
  readonly activation: Activation;
}

/** The range to which an activation clamps. */
const RANGES: Readonly<Record<Activation, readonly [number, number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/**
 * y = activation(scale·sum + offset + residual), in float64 up to the end.
 *
 * @param sumAt gives the sum of an element of y where the one at hand is not finite, and so perhaps not right. Default: it is right
 */
export function finishWith(
  {scale, offset, residual, activation}: Epilogue,
  sumAt?: (yIndex: number) => number,
): Finish {
  const channels = scale.length;
  const [low, high] = RANGES[activation];
  return (sums, start, count, y, yStart) => {
    let channel = yStart % channels;
    for (let i = 0; i < count; i++) {
      const at = yStart + i;
      let sum = sums[start + i];
      if (sumAt !== undefined && !Number.isFinite(sum)) sum = sumAt(at);
      let value = sum * scale[channel] + offset[channel];
      if (residual !== undefined) value += residual[at];
      // A NaN is neither below nor above.
      y[at] = value < low ? low : value > high ? high : value;
      if (++channel === channels) channel = 0;
    }
  };
}
