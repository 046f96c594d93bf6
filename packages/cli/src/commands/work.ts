// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {runCell, sendingListener, type RunListener} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {EXIT} from '../exit-codes.js';
import {onInterrupt} from '../interrupt.js';
import {createProgress} from '../progress/index.js';
import {enableTypeScript} from '../typescript.js';

async function work(folder: string, run: string): Promise<void> {
  enableTypeScript();
  const {send} = process;
  const parent = send === undefined ? undefined : send.bind(process);
  const progress = createProgress(process.stdout, false);
  const listener: RunListener =
    parent === undefined
      ? progress.listener
      : sendingListener((message) => void (process.connected && parent(message)));
  const interruption = onInterrupt((message) => listener.onNotice?.(message));
  // Who launched this is gone: nobody would look at what comes.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  try {
    const summary = await runCell({
      folder: path.resolve(folder),
      run,
      container: createDefaultContainer(),
      listener,
      signal: interruption.signal,
    });
    process.exitCode =
      summary.status === 'interrupted'
        ? (interruption.exitCode() ?? EXIT.interrupted)
        : summary.status === 'failed'
          ? EXIT.failed
          : EXIT.ok;
  } finally {
    progress.stop();
    interruption.release();
    if (process.connected) process.disconnect();
  }
}

export function workCommand(): Command {
  return new Command('work')
    .summary('do one run of an experiment that was begun (what launchers start)')
    .description(
      'Does one run of the experiment of a run folder, from its newest checkpoint on, and writes its files. `addernet run --launcher=…` ' +
        'starts this in processes of its own, here or elsewhere; the run folder must be visible to it.',
    )
    .argument('<folder>', "the experiment's run folder")
    .argument('<run>', "the run's id, the name of its folder, e.g. cifar100-resnet20-adder-seed0")
    .action(async (folder: string, run: string) => work(folder, run));
}
