// SPDX-License-Identifier: Apache-2.0

/** Options of what a plugin binds. */
export interface PluginOptions {
  /** Name by which experiments ask for it, in lower case with '-', e.g. 'soft-shift'. */
  readonly name: string;
  /** The package's folder. Default: the package here, or a new one of that name where there is none. Not used in Addernet's own repository. */
  readonly directory?: string | undefined;
}
