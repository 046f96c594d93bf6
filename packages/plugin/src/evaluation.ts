// SPDX-License-Identifier: Apache-2.0
import type {ClassGroup} from './dataset.js';

/** A small picture, as bytes in JSON. */
export interface RecordedImage {
  readonly height: number;
  readonly width: number;
  /** 1 (grey) or 3 (red, green, blue). */
  readonly channels: number;
  /** [height, width, channels] bytes, 0–255, in Base64. */
  readonly pixels: string;
}

/** A test image with a high loss. */
export interface TopLoss {
  /** Position among the test images that were used. */
  readonly index: number;
  /** The image's class, by index. */
  readonly label: number;
  /** The class with the highest logit. */
  readonly predicted: number;
  /** Softmax probabilities. */
  readonly predictedProbability: number;
  readonly labelProbability: number;
  /** Cross-entropy in nats. */
  readonly loss: number;
  readonly image: RecordedImage;
}

/** What a run's evaluation on the test images found besides its sums. */
export interface EvaluationRecord {
  /** After which epoch; 1 = the first. */
  readonly epoch: number;
  readonly images: number;
  readonly classNames: readonly string[];
  readonly classGroups?: readonly ClassGroup[];
  /** [label, predicted class, images], by label and then class; pairs that did not occur are left out. */
  readonly confusion?: readonly (readonly [label: number, predicted: number, images: number])[];
  /** The highest loss first. */
  readonly topLosses?: readonly TopLoss[];
}
