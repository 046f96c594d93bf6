// SPDX-License-Identifier: Apache-2.0

/** What was asked for cannot be generated; nothing was written. The message is for people. */
export class GenerateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A name that cannot be a file's, a package's or an identifier's. */
export class NameError extends GenerateError {}

/** Something is where the generated files belong. */
export class ExistsError extends GenerateError {}

/** A file that is to be changed is not as expected. */
export class EditError extends GenerateError {}
