// SPDX-License-Identifier: Apache-2.0

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
  readonly weights: readonly NamedWeight[];
  /** What the file says of itself, e.g. {architecture: 'resnet20', operator: 'adder'}. */
  readonly metadata: Readonly<Record<string, string>>;
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
