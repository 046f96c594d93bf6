// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Operator} from './operator.js';

/** What an architecture is built for. */
export interface BuildOptions {
  readonly operator: Operator;
  readonly numClasses: number;
  /** [height, width, channels]. */
  readonly inputShape: readonly [number, number, number];
  /** Integer; the same seed gives the same initial weights on every backend. */
  readonly seed: number;
}

/** A network structure whose operator is a parameter. */
export interface Architecture {
  /** Name by which experiments ask for it, e.g. 'resnet20'. */
  readonly name: string;
  readonly description: string;
  /** Where the structure comes from: paper and section, or the reference code. */
  readonly source: string;
  /** Builds an untrained model; its output is [batch, numClasses] logits. Input is [batch, ...inputShape], normalised float32. */
  build(options: BuildOptions): LayersModel;
}
