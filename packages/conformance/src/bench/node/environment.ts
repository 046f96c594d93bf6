// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {execFile} from 'node:child_process';
import {availableParallelism, cpus, loadavg, totalmem} from 'node:os';
import {promisify} from 'node:util';
import type {BenchReport} from '../report.js';

/** When, of what and on what machine a bench runs. */
export async function benchMachine(): Promise<Pick<BenchReport, 'date' | 'commit' | 'machine'>> {
  const commit = await currentCommit();
  return {
    date: new Date().toISOString(),
    ...(commit === undefined ? {} : {commit}),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform}-${process.arch}`,
      load: loadavg()[0] ?? NaN,
    },
  };
}

/** Where and on what a bench runs. */
export async function benchEnvironment(
  backend: Readonly<Record<string, string>>,
  versions: Readonly<Record<string, string>>,
): Promise<Pick<BenchReport, 'date' | 'commit' | 'machine' | 'versions' | 'backend'>> {
  return {
    ...(await benchMachine()),
    versions: {node: process.versions.node, '@tensorflow/tfjs-core': tf.version_core, ...versions},
    backend: {name: tf.getBackend(), ...backend},
  };
}

async function currentCommit(): Promise<string | undefined> {
  try {
    const [{stdout: commit}, {stdout: changes}] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain'),
    ]);
    return commit.trim() + (changes === '' ? '' : '+');
  } catch {
    return undefined;
  }
}

function git(...args: string[]): Promise<{stdout: string}> {
  return promisify(execFile)('git', args);
}
