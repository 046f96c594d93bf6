// SPDX-License-Identifier: Apache-2.0
import {PassThrough} from 'node:stream';
import type {EpochMetrics} from '@addernet/plugin';
import type {RunInfo, RunListener} from '@addernet/runner';
import xterm from '@xterm/headless';
import {describe, expect, it} from 'vitest';
import {createProgress, type Progress} from '../src/progress/index.js';
import {lineProgress} from '../src/progress/lines.js';

const run: RunInfo = {
  id: 'cifar100-tiny-adder-seed0',
  index: 1,
  total: 2,
  dataset: 'cifar100',
  architecture: 'tiny',
  operator: 'adder',
  backend: 'cpu',
  seed: 0,
  epochs: 2,
  steps: 3,
  dataLabel: 'synthetic stand-in for CIFAR-100',
  trainImages: 4000,
  testImages: 2000,
  parameters: 66_664,
};

const metrics = (epoch: number): EpochMetrics => ({
  epoch,
  learningRate: 0.1,
  trainLoss: 4 / epoch,
  trainTop1: 0.1 * epoch,
  testLoss: 4.5 / epoch,
  testTop1: 0.05 * epoch,
  testTop5: 0.25,
  imagesPerSecond: 31.4,
  trainSeconds: 60,
  testSeconds: 5,
});

const step = (epoch: number, number: number): Parameters<NonNullable<RunListener['onStep']>>[0] => ({
  run,
  epoch,
  epochs: 2,
  step: number,
  steps: 3,
  imagesPerSecond: 31.4,
  loss: 4.321,
  etaSeconds: 83,
});

const HEAD = '    epoch  train loss    top-1  test loss    top-1    top-5  images/s     time';

/** A terminal that can be read: what a person would see of what was written to its stream. */
function terminal(columns: number): {progress: Progress; screen: () => Promise<string[]>; raw: () => string} {
  const screen = new xterm.Terminal({cols: columns, rows: 30, allowProposedApi: true, convertEol: true});
  let raw = '';
  const stream: NodeJS.WriteStream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns,
    rows: 30,
    // Terminals get what is written at once.
    write(text: string): boolean {
      raw += text;
      screen.write(text);
      return true;
    },
  }) as never;
  return {
    progress: createProgress(stream, false),
    raw: () => raw,
    screen: async () => {
      await new Promise<void>((resolve) => screen.write('', resolve));
      const {buffer} = screen;
      const lines = Array.from({length: 30}, (_, row) => buffer.active.getLine(row)?.translateToString(true) ?? '');
      return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
    },
  };
}

/** Bars redraw at most eight times a second. */
const redraw = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

describe('bars on a terminal', () => {
  it('show something before the first step, then where the work is, and leave the epochs', async () => {
    const {progress, screen, raw} = terminal(80);
    const {listener} = progress;
    listener.onRunStart?.(run);
    const head = [
      '[2/2] tiny adder, seed 0, on synthetic stand-in for CIFAR-100: 4,000 training',
      '  and 2,000 test images, 66,664 parameters',
      HEAD,
    ];
    expect(await screen()).toEqual([...head, `  ${'░'.repeat(30)}  0%  epoch 1/2  step 0/3`]);
    for (const epoch of [1, 2]) {
      for (const number of [1, 2, 3]) {
        listener.onStep?.(step(epoch, number));
        await redraw();
        if (epoch === 1 && number === 2) {
          const bar = (await screen()).at(-1);
          expect(bar).toMatch(
            /^ {2}█+░+ 33% {2}epoch 1\/2 {2}step 2\/3 {2}1:23 left {2}31\.4 images\/s {2}loss 4\.321$/,
          );
        }
        if (number === 3) expect((await screen()).at(-1)).toContain('evaluating');
      }
      listener.onEvaluationStep?.({run, step: 1, steps: 2, imagesPerSecond: 99});
      await redraw();
      expect((await screen()).at(-1)).toMatch(/50% {2}evaluating {2}step 1\/2 {2}99\.0 images\/s$/);
      listener.onEpoch?.(run, metrics(epoch));
    }
    progress.stop();
    expect(await screen()).toEqual([
      ...head,
      '      1/2       4.000   10.0 %      4.500    5.0 %   25.0 %      31.4     1:05',
      '      2/2       2.000   20.0 %      2.250   10.0 %   25.0 %      31.4     1:05',
    ]);
    // The cursor is shown and lines wrap again.
    expect(raw().lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw().lastIndexOf('\u001b[?25l'));
    expect(raw().lastIndexOf('\u001b[?7h')).toBeGreaterThan(raw().lastIndexOf('\u001b[?7l'));
  });

  it('make way for notices and for what libraries say, and come back', async () => {
    const {progress, screen} = terminal(120);
    const {listener} = progress;
    const {warn} = console;
    const said: unknown[] = [];
    console.warn = (message: unknown) => said.push(message);
    try {
      listener.onStep?.(step(1, 1));
      console.warn('a library speaks');
      expect(await screen()).toEqual([]);
      listener.onStep?.(step(1, 2));
      listener.onNotice?.('Stopping; files are being finished.');
      listener.onStep?.(step(1, 2));
      expect(await screen()).toEqual(['Stopping; files are being finished.', expect.stringContaining('step 2/3')]);
      progress.stop();
      expect(await screen()).toEqual(['Stopping; files are being finished.']);
      expect(said).toEqual(['a library speaks']);
      console.warn('afterwards');
      expect(said).toEqual(['a library speaks', 'afterwards']);
    } finally {
      console.warn = warn;
    }
  });

  it('show a download, with or without its size', async () => {
    const {progress, screen} = terminal(100);
    progress.listener.onDownload?.({
      file: 'cifar-100-binary.tar.gz',
      receivedBytes: 42_250_000,
      totalBytes: 169_000_000,
    });
    expect(await screen()).toEqual([
      expect.stringMatching(/ 25% {2}42\.3 MB of 169\.0 MB {2}downloading cifar-100-binary\.tar\.gz$/),
    ]);
    progress.stop();
    progress.listener.onDownload?.({file: 'mnist.gz', receivedBytes: 42_250_000});
    expect(await screen()).toEqual([expect.stringMatching(/░ {2}0% {2}42\.3 MB {2}downloading mnist\.gz$/)]);
    progress.stop();
    expect(await screen()).toEqual([]);
  });
});

describe('lines elsewhere', () => {
  it('come with every epoch, and within one at most every 15 seconds', () => {
    const lines: string[] = [];
    let now = 0;
    const listener = lineProgress(
      (line) => lines.push(line),
      () => now,
    );
    listener.onRunStart?.(run);
    for (const number of [1, 2, 3]) {
      now += 10_000;
      listener.onStep?.(step(1, number));
    }
    listener.onEpoch?.(run, metrics(1));
    expect(lines).toEqual([
      '[2/2] tiny adder, seed 0, on synthetic stand-in for CIFAR-100: 4,000 training and 2,000 test images, 66,664 parameters',
      HEAD,
      '  epoch 1/2  step 2/3  1:23 left  31.4 images/s  loss 4.321',
      '      1/2       4.000   10.0 %      4.500    5.0 %   25.0 %      31.4     1:05',
    ]);
  });

  it.each(['failed', 'diverged'])('say what became of a run that %s', (status) => {
    const lines: string[] = [];
    const listener = lineProgress((line) => lines.push(line));
    const summary = {...run, status, error: 'the loss became NaN'} as never;
    listener.onRunEnd?.(summary);
    expect(lines).toEqual([`  ${status}: the loss became NaN`]);
  });

  it('only notices when quiet', async () => {
    const stream = new PassThrough();
    const {listener} = createProgress(stream as never, true);
    listener.onRunStart?.(run);
    listener.onEpoch?.(run, metrics(1));
    listener.onNotice?.('synthetic');
    stream.end();
    const chunks: string[] = [];
    for await (const chunk of stream) chunks.push(String(chunk));
    expect(chunks.join('')).toBe('synthetic\n');
  });
});
