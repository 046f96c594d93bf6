// SPDX-License-Identifier: Apache-2.0
import {bytesOf, operationsOf, type ModelAccount} from './model-account.js';

/** Highest operations per second, and bytes per second between kernels and memory. */
export interface Roofs {
  readonly operationsPerSecond: number;
  readonly bytesPerSecond: number;
}

/**
 * The roofline (Williams et al. 2009): min(peak, intensity · bandwidth), in operations per second.
 *
 * @param intensity operations per byte
 */
export const attainable = (intensity: number, {operationsPerSecond, bytesPerSecond}: Roofs): number =>
  Math.min(operationsPerSecond, intensity * bytesPerSecond);

/** The intensity at which bandwidth and arithmetic take the same time, in operations per byte. */
export const ridgePoint = ({operationsPerSecond, bytesPerSecond}: Roofs): number =>
  operationsPerSecond / bytesPerSecond;

/**
 * The least time of a forward pass of a batch under the roofs, in seconds: for each kernel the longer of its arithmetic and its traffic, one
 * kernel after the other.
 *
 * @param peakOf operations per second by operator; what layers without an operator run at is up to it, too (it gets undefined)
 */
export function rooflineSeconds(
  {layers}: Pick<ModelAccount, 'layers'>,
  bytesPerSecond: number,
  peakOf: (operator: string | undefined) => number,
): number {
  return layers.reduce((sum, layer) => {
    return sum + Math.max(operationsOf(layer) / peakOf(layer.operator), bytesOf(layer) / bytesPerSecond);
  }, 0);
}
