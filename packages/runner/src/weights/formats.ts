// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** One named array of a weights file. */
export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a weights file holds. */
export interface WeightsFile {
  /** Name of the format. */
  readonly format: string;
  /** Under the model's own names, e.g. 'conv1/kernel'; empty where the file is written into a model by `apply`. */
  readonly weights: readonly NamedWeight[];
  /**
   * What the file says of itself: {architecture: 'resnet20', operator: 'adder', normalization: '0.485,0.456,0.406/0.229,0.224,0.225', data: 'CIFAR-10'}.
   * Whatever it says of the first three is held to, or used; `data`, the label of what was trained on, is told.
   */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Writes the file into a model, where its names or layouts are not the model's. Default: the weights are matched by name.
   *
   * @param title what the model is, for errors
   * @throws WeightsMismatchError, WeightsFileError
   */
  apply?(model: LayersModel, title: string): void;
}

/** A format of weights files. Formats are asked in order; the first that recognises a file reads it. */
export interface WeightFormat {
  readonly name: string;
  readonly description: string;
  /** With the dot, e.g. ['.json']. */
  readonly extensions: readonly string[];
  /** @param head the file's first bytes, 4096 at most */
  recognises(file: string, head: Uint8Array): boolean;
  /** @throws WeightsFileError if the file is truncated or otherwise broken */
  read(file: string): Promise<WeightsFile>;
}
