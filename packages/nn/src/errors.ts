// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/**
 * Two copies of a library whose objects cannot be mixed. TF.js's engine is shared by all copies of its packages, but the layers, symbolic
 * tensors and initializers of one copy of tfjs-layers are not those of another.
 */
export class DuplicateLibraryError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_DUPLICATE_LIBRARY', message, options);
  }
}

/** Saved weights or optimizer state that do not fit what they are loaded into. */
export class StateMismatchError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_STATE_MISMATCH', message, options);
  }
}

/** Bytes that are no safetensors file, or a broken one. */
export class SafetensorsError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_SAFETENSORS', `safetensors: ${message}`, options);
  }
}
