// SPDX-License-Identifier: Apache-2.0

/** What to tell a person when files have been generated. */
export interface Generated {
  /** Folder of the package that has them, '.' for the tree's own. */
  readonly folder: string;
  /** Commands to go on with, in that folder, each with what it does. */
  readonly next: readonly (readonly [command: string, purpose: string])[];
  /** What is left to a person, e.g. what to write into the stubs. */
  readonly notes: readonly string[];
}
