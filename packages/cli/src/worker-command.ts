// SPDX-License-Identifier: Apache-2.0
import type {RunExperimentOptions} from '@addernet/runner';

/** The command line of `addernet work`, with this process's Node.js and its options. */
export const workerCommand: NonNullable<RunExperimentOptions['workerCommand']> = (folder, run) => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? 'addernet',
  'work',
  folder,
  run,
];
