// SPDX-License-Identifier: Apache-2.0

/** What to tell a person when files have been generated. */
export interface Generated {
  /** Folder in which to go on, '.' for the tree's own: that of the package, outside Addernet's repository. */
  readonly folder: string;
  /** Commands to go on with, in that folder, each with what it does. */
  readonly next: readonly (readonly [command: string, purpose: string])[];
  /** What is left to a person, e.g. where the formula stands that is to be replaced. */
  readonly notes: readonly string[];
}

/** The same as lines for a terminal. */
export function describeGenerated({folder, next, notes}: Generated): readonly string[] {
  const width = Math.max(...next.map(([command]) => command.length));
  return [
    ...notes,
    '',
    'Next:',
    ...(folder === '.' ? [] : [`  cd ${folder}`]),
    ...next.map(([command, purpose]) => `  ${command.padEnd(width)}   # ${purpose}`),
  ];
}
