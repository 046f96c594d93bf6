// SPDX-License-Identifier: Apache-2.0
import {readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import type {ExperimentSummary} from '@addernet/plugin';
import {resumeExperiment, type ExperimentResult, type ResumeExperimentOptions} from '../src/index.js';
import {containerWith} from './fixtures.js';
import {run} from './run.js';

/** One operator, three epochs, a checkpoint after every step. */
export const OVERRIDES = {epochs: '3', operators: 'plain', 'checkpoints.steps': '1', 'checkpoints.keep': '3'};
export const RUN = 'pictures-small-plain-seed0';
/** 96 training images in batches of 16. */
export const STEPS = 6;

/** Stops after a number of training steps. */
export async function interruptedAfter(
  steps: number,
  overrides: Record<string, string> = OVERRIDES,
): Promise<ExperimentResult> {
  const controller = new AbortController();
  let seen = 0;
  return run({
    overrides,
    signal: controller.signal,
    listener: {
      onStep: () => {
        if (++seen === steps) controller.abort();
      },
    },
  });
}

export const resume = (folder: string, options: Partial<ResumeExperimentOptions> = {}): Promise<ExperimentResult> =>
  resumeExperiment({folder, container: containerWith(), ...options});

export const weights = (folder: string): Buffer => readFileSync(path.join(folder, RUN, 'weights.bin'));

export const checkpointNames = (folder: string): string[] => readdirSync(path.join(folder, RUN, 'checkpoints')).sort();

/** All figures but times. */
export function figures(summary: ExperimentSummary): unknown {
  return summary.runs.map(({id, status, epochs}) => ({
    id,
    status,
    epochs: epochs.map(({imagesPerSecond: _rate, trainSeconds: _train, testSeconds: _test, ...rest}) => rest),
  }));
}
