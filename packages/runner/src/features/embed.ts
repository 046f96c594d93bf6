// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import {pause} from '../training/pause.js';

/** Of UMAP, as its authors' own implementation has them by default. */
const NEIGHBORS = 15;
const MIN_DISTANCE = 0.1;
const EPOCHS_BETWEEN_PAUSES = 25;

export interface EmbedOptions {
  /** The same seed gives the same picture. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/**
 * Rows of numbers as points of a plane, neighbours near each other (McInnes et al., UMAP, arXiv 1802.03426; Euclidean distances). Distances
 * between groups, and the groups' sizes, mean little.
 *
 * @throws InterruptedError once the signal is aborted
 */
export async function embed(rows: readonly (readonly number[])[], {seed, signal}: EmbedOptions): Promise<number[][]> {
  // Loaded on first use.
  const {UMAP} = await import('umap-js');
  const random = new CounterRandom(seed, 'umap');
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(NEIGHBORS, rows.length - 1),
    minDist: MIN_DISTANCE,
    random: () => random.uniform(),
  });
  await pause(signal);
  const epochs = umap.initializeFit(rows.map((row) => [...row]));
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch % EPOCHS_BETWEEN_PAUSES === 0) await pause(signal);
    umap.step();
  }
  return umap.getEmbedding();
}
