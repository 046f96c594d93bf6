// SPDX-License-Identifier: Apache-2.0
import {shuffledIndices} from '@addernet/core';

/**
 * Positions of `size` samples with the same number of every class (±1; a class with fewer samples gives all it has, and the others make up
 * for it), in stored order. Which ones follows from the seed; a smaller size chooses a subset of what a larger one chooses, except for
 * the odd sample per class.
 *
 * @param size at most the number of labels.
 */
export function balancedIndices(labels: ArrayLike<number>, numClasses: number, size: number, seed: number): Int32Array {
  const members: number[][] = Array.from({length: numClasses}, () => []);
  for (let index = 0; index < labels.length; index++) members[labels[index]]?.push(index);

  const taken = new Int32Array(numClasses);
  const turns = shuffledIndices(numClasses, seed, 'balanced subset', 'turns');
  let open = Array.from(turns).filter((label) => (members[label]?.length ?? 0) > 0);
  for (let left = size; left > 0 && open.length > 0;) {
    // All classes still open get an equal share; where less than one each is left, the first in turn get one.
    const share = Math.max(1, Math.floor(left / open.length));
    for (const label of open) {
      const available = (members[label]?.length ?? 0) - taken[label];
      const more = Math.min(share, available, left);
      taken[label] = taken[label] + more;
      left -= more;
    }
    open = open.filter((label) => taken[label] < (members[label]?.length ?? 0));
  }

  const chosen = members.flatMap((indices, label) => {
    const order = shuffledIndices(indices.length, seed, 'balanced subset', label);
    return Array.from(order.subarray(0, taken[label]), (position) => indices[position] ?? 0);
  });
  return Int32Array.from(chosen).sort();
}
