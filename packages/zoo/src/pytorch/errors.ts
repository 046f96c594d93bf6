// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** Bytes that are no file of PyTorch's, a truncated or damaged one, or one of a kind that is not read. */
export class PytorchFileError extends AddernetError {
  constructor(message: string, options: ErrorOptions & {readonly code?: string} = {}) {
    super(options.code ?? 'ADDERNET_PYTORCH_FILE', `PyTorch file: ${message}`, options);
  }
}

/** A pickle that asks for more than tensors and plain containers, e.g. for a function to be called. Nothing was executed. */
export class UnsafePickleError extends PytorchFileError {
  constructor(message: string) {
    super(message, {code: 'ADDERNET_PYTORCH_UNSAFE_PICKLE'});
  }
}

/** Weights that do not fit the model; nothing was written into it. */
export class PytorchWeightsMismatchError extends AddernetError {
  constructor(
    /** Name of the model. */
    readonly model: string,
    /** Names that the model needs and the file has not. */
    readonly missing: readonly string[],
    /** Names that the file has and the model does not know. */
    readonly unexpected: readonly string[],
    /** e.g. 'conv1.weight: the file has [16, 3, 3, 3]; the model expects [32, 3, 3, 3]'. */
    readonly misshapen: readonly string[],
    /** What may be the reason. */
    readonly hint?: string,
  ) {
    const part = (title: string, names: readonly string[]): string[] =>
      names.length === 0 ? [] : [`${names.length} ${title}: ${names.join('; ')}`];
    super(
      'ADDERNET_PYTORCH_WEIGHTS_MISMATCH',
      [
        `the weights do not fit ${model}${hint === undefined ? '' : ` (${hint})`}`,
        ...part('missing', missing),
        ...part('unexpected', unexpected),
        ...part('of another shape', misshapen),
      ].join('\n  '),
    );
  }
}
