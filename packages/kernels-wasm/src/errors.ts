// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** The kernels cannot run on this backend or in this JavaScript engine: no WebAssembly, or a TF.js version that hides its memory. */
export class WasmUnavailableError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WASM_UNAVAILABLE', message, options);
  }
}

/** TF.js's WebAssembly memory has no room left, for a kernel of this package or for a tensor of TF.js. The backend stays usable. */
export class WasmOutOfMemoryError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WASM_OUT_OF_MEMORY', message, options);
  }
}

/** Threads cannot do what they were asked for: one of them has ended or failed, or they cannot be started in this situation. */
export class WasmThreadError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_WASM_THREADS', message, options);
  }
}
