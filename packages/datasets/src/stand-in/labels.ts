// SPDX-License-Identifier: Apache-2.0
import {shuffledIndices} from '@addernet/core';
import type {SplitName} from '@addernet/plugin';

/** Generated splits are drawn in blocks, each with every class once in an order of its own: any number of images is balanced (±1). */
export function standInLabels(split: SplitName, count: number, numClasses: number, seed: number): Uint8Array {
  const labels = new Uint8Array(count);
  for (let start = 0; start < count; start += numClasses) {
    const block = shuffledIndices(numClasses, seed, 'stand-in labels', split, start);
    labels.set(block.subarray(0, Math.min(numClasses, count - start)), start);
  }
  return labels;
}
