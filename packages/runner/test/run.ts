// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {runExperiment, type RunExperimentOptions} from '../src/index.js';
import {containerWith, experiment} from './fixtures.js';
import {readText, temporaryFolder} from './temporary-folder.js';

export const folder = temporaryFolder();
let outputs = 0;

/** Runs the fixtures' experiment into a folder of its own. */
export const run = (options: Partial<RunExperimentOptions> = {}): ReturnType<typeof runExperiment> =>
  runExperiment({
    definition: experiment,
    container: containerWith(),
    ...options,
    overrides: {output: path.join(folder, `runs-${outputs++}`), ...options.overrides},
  });

export const readJson = (...parts: string[]): unknown => JSON.parse(readText(...parts));
