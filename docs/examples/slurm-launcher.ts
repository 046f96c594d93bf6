// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import type {Launcher} from '@addernet/plugin';

/** Every run as a job of a Slurm cluster whose nodes see the run folder; `srun` waits until the job has ended. */
export const slurmLauncher: Launcher = {
  name: 'slurm',
  description: 'a Slurm job for every run',
  launch: ({run, command}, {signal}) =>
    new Promise((resolve, reject) => {
      const child = spawn('srun', [`--job-name=${run}`, '--ntasks=1', ...command], {stdio: 'ignore'});
      // srun passes the signal on, and the run saves its state.
      const stop = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop, {once: true});
      child.on('error', reject);
      child.on('close', (code) => {
        signal.removeEventListener('abort', stop);
        resolve(code === 0 ? undefined : `srun ended with ${code ?? 'a signal'}`);
      });
    }),
};
