// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own by kill.test.ts: trains until it is killed.
import {runExperiment} from '../src/index.js';
import {containerWith, experiment} from './fixtures.js';

await runExperiment({
  definition: experiment,
  container: containerWith(),
  overrides: {output: process.argv[2] ?? 'runs', epochs: '1000000'},
});
