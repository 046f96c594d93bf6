// SPDX-License-Identifier: Apache-2.0
import {AddernetError} from '@addernet/core';

/** The kit was asked for something that cannot be: an unknown op, a backend that was not started, an exclusion without a reason. */
export class ConformanceSetupError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_CONFORMANCE_SETUP', message, options);
  }
}

/** Kernels do not conform; the message lists what failed. */
export class ConformanceError extends AddernetError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_CONFORMANCE', message, options);
  }
}
