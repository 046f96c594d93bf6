// SPDX-License-Identifier: Apache-2.0
import {add, concat, slice, sum, type Tensor, type Tensor1D, tidy, zeros} from '@tensorflow/tfjs-core';

/** Rows at which halving stops paying. */
const FEW_ROWS = 8;

/**
 * Sums of the columns of [rows, channels], by adding the lower half to the upper one again and again: the rounding error grows with log rows
 * and not with rows, and every step is an elementwise op, which backends are best at.
 */
export function columnSums(values: Tensor): Tensor1D {
  return tidy(() => {
    const [rows, channels] = values.shape;
    if (rows === 0) return zeros([channels]); // the wasm backend leaves sums of nothing uninitialised
    let left = values;
    let count = rows;
    while (count > FEW_ROWS) {
      const half = Math.floor(count / 2);
      let folded = add(slice(left, [0, 0], [half, channels]), slice(left, [half, 0], [half, channels]));
      if (count % 2 === 1) {
        // The odd row joins the first one; the others stay as they are.
        const first = add(slice(folded, [0, 0], [1, channels]), slice(left, [count - 1, 0], [1, channels]));
        folded = concat([first, slice(folded, [1, 0], [half - 1, channels])], 0);
      }
      left = folded;
      count = half;
    }
    return sum(left, 0);
  });
}
