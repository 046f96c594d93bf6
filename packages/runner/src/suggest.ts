// SPDX-License-Identifier: Apache-2.0
import {distance} from 'fastest-levenshtein';

/** Ignoring case, '-', '_' and '.', as people do when they type a name from memory. */
const plain = (text: string): string => text.toLowerCase().replace(/[-_.\s]/g, '');

/** The candidate that `given` was most likely meant to be, if any comes near. */
export function suggest(given: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(given);
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    // A leaf's own name counts as well: 'learning-rate' means 'optimizer.learningRate'.
    const leaf = candidate.slice(candidate.lastIndexOf('.') + 1);
    const edits = Math.min(distance(wanted, plain(candidate)), distance(wanted, plain(leaf)) + 0.5);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return least <= Math.max(1.5, wanted.length / 3) ? best : undefined;
}
