// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own by launch.test.ts: does one run of a folder.
import {runCell, sendingListener} from '../src/index.js';
import {containerWith} from './fixtures.js';

const [, , folder = '', run = ''] = process.argv;
const controller = new AbortController();
process.on('SIGTERM', () => controller.abort());
const sending = sendingListener((message) => process.send?.(message));
let steps = 0;
const summary = await runCell({
  folder,
  run,
  container: containerWith(),
  signal: controller.signal,
  listener: {
    ...sending,
    onStep: (progress) => {
      sending.onStep?.(progress);
      // Some die while they train.
      if (process.env.DIES === run && ++steps === 8) process.kill(process.pid, 'SIGKILL');
    },
  },
});
process.exitCode = summary.status === 'finished' ? 0 : 1;
process.disconnect();
