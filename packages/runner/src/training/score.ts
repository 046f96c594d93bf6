// SPDX-License-Identifier: Apache-2.0

/** The sums alone, e.g. in a checkpoint. */
export interface ScoreSums {
  readonly images: number;
  readonly lossSum: number;
  readonly top1Count: number;
  readonly top5Count: number;
}

/** Sums over the images of a batch, or of many. */
export class Score {
  images: number;
  /** Sum of the cross-entropies, in nats. */
  lossSum: number;
  top1Count: number;
  top5Count: number;

  /** @param sums where to go on; default: no images yet */
  constructor(sums: ScoreSums = {images: 0, lossSum: 0, top1Count: 0, top5Count: 0}) {
    ({images: this.images, lossSum: this.lossSum, top1Count: this.top1Count, top5Count: this.top5Count} = sums);
  }

  get sums(): ScoreSums {
    const {images, lossSum, top1Count, top5Count} = this;
    return {images, lossSum, top1Count, top5Count};
  }

  /**
   * Adds the first `count` rows of [batch, classes] logits. Sums are in float64, and the cross-entropy is log Σ exp(z − max z) − (z_label −
   * max z), so that large logits do not overflow. A tie counts for the class of lower index, as in argMax; a row with a NaN has no right
   * answer, and its loss is NaN.
   *
   * @returns the summed cross-entropy of these rows
   */
  add(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number, count = labels.length): number {
    let batchLoss = 0;
    for (let row = 0; row < count; row++) {
      const offset = row * classes;
      const label = labels[row] ?? 0;
      const own = logits[offset + label] ?? NaN;
      let max = -Infinity;
      let rank = 0;
      let finite = true;
      for (let index = 0; index < classes; index++) {
        const value = logits[offset + index] ?? NaN;
        if (Number.isNaN(value)) finite = false;
        if (value > max) max = value;
        if (value > own || (value === own && index < label)) rank++;
      }
      let sum = 0;
      for (let index = 0; index < classes; index++) sum += Math.exp((logits[offset + index] ?? NaN) - max);
      batchLoss += Math.log(sum) - (own - max);
      if (finite && rank === 0) this.top1Count++;
      if (finite && rank < 5) this.top5Count++;
    }
    this.images += count;
    this.lossSum += batchLoss;
    return batchLoss;
  }

  /** Mean cross-entropy in nats; NaN over no images, as the accuracies. */
  get loss(): number {
    return this.lossSum / this.images;
  }

  /** Fraction. */
  get top1(): number {
    return this.top1Count / this.images;
  }

  /** Fraction of the images whose label is among the five largest logits (all of them where there are five classes or fewer). */
  get top5(): number {
    return this.top5Count / this.images;
  }
}
