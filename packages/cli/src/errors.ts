// SPDX-License-Identifier: Apache-2.0
import {RunnerError} from '@addernet/runner';

/** The command line is wrong: a file that is not there, an option's value that does not fit. */
export class UsageError extends RunnerError {
  constructor(message: string, options?: ErrorOptions) {
    super('ADDERNET_USAGE', message, options);
  }
}

/** Exported weights that cannot be written. */
export class ExportError extends RunnerError {
  constructor(
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('ADDERNET_EXPORT', `${file}: ${message}`, options);
  }
}
