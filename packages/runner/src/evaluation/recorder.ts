// SPDX-License-Identifier: Apache-2.0
import type {EvaluationRecord, ImageSplit, TopLoss} from '@addernet/plugin';
import type {ExperimentConfig} from '../config/schema.js';
import {recordedImage} from './recorded-image.js';

export type EvaluationSettings = ExperimentConfig['evaluation'];

type Judged = Omit<TopLoss, 'image'>;

/** The softmax of one image's logits, as far as it is asked for; undefined where a logit is not finite. */
function judge(
  logits: ArrayLike<number>,
  offset: number,
  classes: number,
  label: number,
): Omit<Judged, 'index'> | undefined {
  let predicted = 0;
  let max = -Infinity;
  for (let index = 0; index < classes; index++) {
    const value = logits[offset + index] ?? NaN;
    if (!Number.isFinite(value)) return undefined;
    if (value > max) [predicted, max] = [index, value];
  }
  let sum = 0;
  for (let index = 0; index < classes; index++) sum += Math.exp((logits[offset + index] ?? NaN) - max);
  const own = (logits[offset + label] ?? NaN) - max;
  return {
    label,
    predicted,
    predictedProbability: 1 / sum,
    labelProbability: Math.exp(own) / sum,
    loss: Math.log(sum) - own,
  };
}

/**
 * Keeps of an evaluation which class was taken for which, and the images with the highest loss. Images with a logit that is not finite are in
 * neither.
 */
export class EvaluationRecorder {
  readonly #pairs: Uint32Array;
  /** Highest loss first; of equal ones that which came first. */
  readonly #top: Judged[] = [];
  #images = 0;

  constructor(
    private readonly split: ImageSplit,
    private readonly settings: EvaluationSettings,
  ) {
    this.#pairs = new Uint32Array(settings.confusionMatrix ? split.numClasses ** 2 : 0);
  }

  /** Adds the next `count` images of the split, with their [batch, classes] logits. */
  add(logits: ArrayLike<number>, labels: ArrayLike<number>, count: number): void {
    const {numClasses} = this.split;
    for (let row = 0; row < count; row++) {
      const judged = judge(logits, row * numClasses, numClasses, labels[row] ?? 0);
      if (judged === undefined) continue;
      const pair = judged.label * numClasses + judged.predicted;
      if (this.settings.confusionMatrix) this.#pairs[pair] = (this.#pairs[pair] ?? 0) + 1;
      this.#keep({index: this.#images + row, ...judged});
    }
    this.#images += count;
  }

  #keep(judged: Judged): void {
    const {topLosses} = this.settings;
    if (this.#top.length === topLosses && judged.loss <= (this.#top.at(-1)?.loss ?? Infinity)) return;
    const place = this.#top.findIndex(({loss}) => loss < judged.loss);
    this.#top.splice(place < 0 ? this.#top.length : place, 0, judged);
    this.#top.length = Math.min(this.#top.length, topLosses);
  }

  /** What was found so far, after this epoch. */
  async record(epoch: number): Promise<EvaluationRecord> {
    const {split, settings} = this;
    const {classNames, classGroups, numClasses} = split;
    const confusion = Array.from(this.#pairs, (images, pair): readonly [number, number, number] => [
      Math.floor(pair / numClasses),
      pair % numClasses,
      images,
    ]).filter(([, , images]) => images > 0);
    const topLosses: TopLoss[] = [];
    for (const judged of this.#top) {
      topLosses.push({...judged, image: recordedImage(await split.image(judged.index), split.imageShape)});
    }
    return {
      epoch,
      images: this.#images,
      classNames,
      ...(classGroups === undefined ? {} : {classGroups}),
      ...(settings.confusionMatrix ? {confusion} : {}),
      ...(settings.topLosses > 0 ? {topLosses} : {}),
    };
  }
}
