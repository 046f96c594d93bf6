// SPDX-License-Identifier: Apache-2.0
import type {Launcher} from '@addernet/plugin';
import type {Container} from 'inversify';
import type {ExperimentConfig} from '../config/schema.js';
import {lookup} from '../container.js';
import {ConfigError} from '../errors.js';
import type {RunExperimentOptions} from '../experiment/types.js';
import {localLauncher} from './local-launcher.js';

/**
 * The launcher that a configuration asks for; undefined where the runs are done in this process.
 *
 * @throws UnknownNameError listing the launchers
 */
export function chooseLauncher(
  {launcher, concurrency}: Pick<ExperimentConfig, 'launcher' | 'concurrency'>,
  container: Container,
): Launcher | undefined {
  if (launcher === 'in-process' || (launcher === 'auto' && concurrency === 1)) return undefined;
  return lookup(container, 'launcher', launcher === 'auto' ? localLauncher.name : launcher);
}

/**
 * @throws UnknownNameError for a launcher that is not bound
 * @throws ConfigError if a launcher is asked for where this process does not know how another could do a run
 */
export function checkLauncher(
  config: Pick<ExperimentConfig, 'launcher' | 'concurrency'>,
  container: Container,
  workerCommand: RunExperimentOptions['workerCommand'],
): void {
  if (chooseLauncher(config, container) !== undefined && workerCommand === undefined) {
    throw new ConfigError([
      {
        path: config.concurrency > 1 ? 'concurrency' : 'launcher',
        given: config.concurrency > 1 ? String(config.concurrency) : config.launcher,
        expected: '1 run at a time in this process: runExperiment was called without a workerCommand',
      },
    ]);
  }
}
