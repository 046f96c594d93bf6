// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import type {Launcher} from '@addernet/plugin';

/** What of a failing process's last words goes into its run's error. */
const LAST_WORDS = 500;

/**
 * Processes on this machine. They stop, and save their state, when the launching process is gone: their IPC channel closes.
 */
export const localLauncher: Launcher = {
  name: 'local',
  description: 'a process of its own on this machine for every run',
  launch: (job, {signal, onMessage}) =>
    new Promise((resolve, reject) => {
      const [executable, ...args] = job.command;
      const child = spawn(executable, args, {stdio: ['ignore', 'ignore', 'pipe', 'ipc']});
      let words = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-LAST_WORDS)));
      const stop = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', stop, {once: true});
      child.on('message', onMessage);
      child.on('error', (error) => {
        signal.removeEventListener('abort', stop);
        reject(error);
      });
      child.on('close', (code, killedBy) => {
        signal.removeEventListener('abort', stop);
        const said = words.trim() === '' ? '' : `: ${words.trim()}`;
        if (killedBy !== null) resolve(`killed by ${killedBy}${said}`);
        else resolve(code === 0 ? undefined : `exit code ${code ?? 'unknown'}${said}`);
      });
      if (signal.aborted) stop();
    }),
};
