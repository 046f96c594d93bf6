// SPDX-License-Identifier: Apache-2.0
import {cpSync, existsSync, readdirSync, readFileSync} from 'node:fs';
import {appendFile} from 'node:fs/promises';
import path from 'node:path';
import type {RunEnd, RunTracker, TrackedRun, Tracker, TrackerEvent} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {UnknownNameError, resumeExperiment} from '../src/index.js';
import {RunTrackers} from '../src/tracking/run-trackers.js';
import {containerWith} from './fixtures.js';
import {folder as temporary, run} from './run.js';

const RUN = 'pictures-small-plain-seed0';
/** 96 training images in batches of 16. */
const STEPS = 6;

/** Keeps on its "disk" what was flushed, and drops what comes again, as a tracker must. */
class MemoryTracker implements Tracker {
  readonly name: string = 'memory';
  readonly description = 'for tests';
  disk: readonly TrackerEvent[] = [];
  readonly opened: TrackedRun[] = [];
  readonly ends: RunEnd[] = [];

  async open(tracked: TrackedRun): Promise<RunTracker> {
    this.opened.push(tracked);
    const {resumed} = tracked;
    const events = this.disk.filter(
      ({epoch, step}) =>
        resumed !== undefined && (epoch === undefined ? step <= resumed.step : epoch <= resumed.epochs),
    );
    const flush = async (): Promise<void> => {
      this.disk = [...events];
    };
    await flush();
    return {
      record: (event) => void events.push(event),
      flush,
      close: async (end) => {
        this.ends.push(end);
        await flush();
      },
    };
  }
}

/** Without what differs from run to run. */
const timeless = (events: readonly TrackerEvent[]): unknown[] =>
  events.map((event) => {
    if (event.kind !== 'scalars') return {...event, time: 0};
    const values = Object.entries(event.values).filter(([name]) => !name.endsWith('/imagesPerSecond'));
    return {...event, time: 0, values: Object.fromEntries(values)};
  });

const containerOf = (...trackers: Tracker[]) => containerWith({trackers});
const overrides = {
  operators: 'plain',
  epochs: '2',
  trackers: 'memory',
  'tracking.steps': '2',
  'checkpoints.steps': '4',
};

describe('trackers', () => {
  it('are told the figures of steps and epochs, weights and filters', async () => {
    const tracker = new MemoryTracker();
    const {folder, summary} = await run({container: containerOf(tracker), overrides});
    expect(tracker.opened).toEqual([
      {
        id: RUN,
        experiment: 'fake',
        folder: path.join(folder, RUN),
        tags: {
          dataset: 'pictures',
          data: 'Pictures',
          architecture: 'small',
          operator: 'plain',
          backend: 'cpu',
          seed: '0',
        },
        config: expect.objectContaining({epochs: 2, 'optimizer.learningRate': 0.05, trackers: 'memory'}),
      },
    ]);
    expect(tracker.ends).toMatchObject([{status: 'finished', step: 2 * STEPS, epochs: 2}]);
    const steps = (name: string): unknown[] =>
      tracker.disk.flatMap((event) => (event.kind === 'scalars' && name in event.values ? [event.step] : []));
    expect(steps('train/loss')).toEqual([1, 2, 4, 6, 8, 10, 12]);
    expect(steps('gradients/conv1/norm')).toEqual([1, 2, 3, 4, 5, 6, 12]);
    const [first] = summary.runs;
    const last = tracker.disk.findLast((event) => event.kind === 'scalars' && 'test/top1' in event.values);
    expect(last).toMatchObject({
      step: 12,
      epoch: 2,
      values: {'test/top1': first?.final?.top1, 'test/loss': first?.final?.loss, 'epoch/trainLoss': expect.any(Number)},
    });
    const named = tracker.disk.flatMap((event) =>
      event.kind === 'scalars' ? [] : [`${event.kind} ${event.name} ${event.epoch}`],
    );
    expect(named).toEqual(
      [0, 1, 2].flatMap((epoch) => [
        `histogram weights/conv1 ${epoch}`,
        `histogram weights/head ${epoch}`,
        `image filters/conv1 ${epoch}`,
      ]),
    );
  });

  it.each([3, 5, STEPS + 1, 2 * STEPS])('have every event once, though the process dies in step %i', async (dies) => {
    const whole = new MemoryTracker();
    await run({container: containerOf(whole), overrides});
    const killed = new MemoryTracker();
    let left = '';
    let disk: readonly TrackerEvent[] = [];
    let steps = 0;
    await run({
      container: containerOf(killed),
      overrides: {...overrides, output: path.join(temporary, `dies-${dies}`)},
      listener: {
        onStep: () => {
          if (++steps !== dies) return;
          const [name = ''] = readdirSync(path.join(temporary, `dies-${dies}`));
          left = path.join(temporary, `left-${dies}`);
          cpSync(path.join(temporary, `dies-${dies}`, name), left, {
            recursive: true,
            filter: (source) => !path.basename(source).startsWith('.lock'),
          });
          ({disk} = killed);
        },
      },
    });
    const resumed = new MemoryTracker();
    resumed.disk = disk;
    const result = await resumeExperiment({folder: left, container: containerOf(resumed)});
    expect(result.status).toBe('finished');
    expect(timeless(resumed.disk)).toEqual(timeless(whole.disk));
  });

  it('hear of an interruption and of a failure', async () => {
    const tracker = new MemoryTracker();
    const controller = new AbortController();
    let steps = 0;
    await run({
      container: containerOf(tracker),
      overrides,
      signal: controller.signal,
      listener: {onStep: () => void (++steps === 8 && controller.abort())},
    });
    await run({container: containerOf(tracker), overrides: {...overrides, 'optimizer.learningRate': '1e30'}});
    expect(tracker.ends).toMatchObject([
      {status: 'interrupted', step: 8, epochs: 1},
      {status: 'failed', error: expect.stringContaining('loss became')},
    ]);
  });

  it('must be bound', async () => {
    const output = path.join(temporary, 'unknown-tracker');
    await expect(
      run({overrides: {trackers: 'memmory', output}, container: containerOf(new MemoryTracker())}),
    ).rejects.toThrow(UnknownNameError);
    expect(existsSync(output)).toBe(false);
  });
});

describe('a tracker that fails', () => {
  class Failing extends MemoryTracker {
    override readonly name = 'failing';

    constructor(private readonly where: keyof RunTracker | 'open') {
      super();
    }

    override async open(tracked: TrackedRun): Promise<RunTracker> {
      if (this.where === 'open') throw new Error('out of order');
      const open = await super.open(tracked);
      return {
        ...open,
        [this.where]: () => {
          throw new Error('out of order');
        },
      };
    }
  }

  it.each(['open', 'record', 'flush', 'close'] as const)('in %s is left out and named once', async (where) => {
    const tracker = new MemoryTracker();
    const notices: string[] = [];
    const result = await run({
      container: containerOf(new Failing(where), tracker),
      overrides: {...overrides, trackers: 'failing,memory'},
      listener: {onNotice: (notice) => notices.push(notice)},
    });
    expect(result.status).toBe('finished');
    const note = `${RUN}: the tracker failing failed and is left out for the rest of this run; training goes on: out of order`;
    expect(notices.filter((notice) => notice.includes('failing'))).toEqual([note]);
    expect(result.summary.notes).toContain(note);
    expect(tracker.ends).toHaveLength(1);
    expect(tracker.disk.length).toBeGreaterThan(10);
  });

  const tracked: TrackedRun = {id: 'r', experiment: 'e', folder: temporary, tags: {}, config: {}};
  const scalars = {kind: 'scalars', step: 1, time: 0, values: {x: 1}} as const;

  it('to answer is not waited for, nor taken in when it answers at last', async () => {
    const notes: string[] = [];
    const recorded: string[] = [];
    const opened = (name: string, flush: () => Promise<void>): RunTracker => ({
      record: () => void recorded.push(name),
      flush,
      close: async () => undefined,
    });
    let answer = (): void => undefined;
    const slow: Tracker = {
      name: 'slow',
      description: 'for tests',
      open: () => new Promise((resolve) => (answer = () => resolve(opened('slow', async () => undefined)))),
    };
    const silent: Tracker = {
      name: 'silent',
      description: 'for tests',
      open: async () => opened('silent', () => new Promise(() => undefined)),
    };
    const options = {onFailure: (note: string) => void notes.push(note), patienceSeconds: 0.05};
    const trackers = await RunTrackers.open([slow, silent], tracked, options);
    answer();
    await trackers.flush();
    trackers.record(scalars);
    expect(trackers.active).toBe(false);
    expect(recorded).toEqual([]);
    const late = 'is left out for the rest of this run; training goes on: no answer within 0.05 seconds';
    expect(notes).toEqual([`r: the tracker slow failed and ${late}`, `r: the tracker silent failed and ${late}`]);
  });

  it('to answer in time because the run itself had no time for it is waited for', async () => {
    const notes: string[] = [];
    const file = path.join(temporary, 'slow-steps.txt');
    const writing: Tracker = {
      name: 'writing',
      description: 'for tests',
      open: async () => ({
        record: () => undefined,
        flush: async () => {
          for (let line = 0; line < 5; line++) await appendFile(file, 'line\n');
        },
        close: async () => undefined,
      }),
    };
    const options = {onFailure: (note: string) => void notes.push(note), patienceSeconds: 0.2};
    const trackers = await RunTrackers.open([writing], tracked, options);
    const flushed = trackers.flush();
    // Steps that each take longer than the patience, and let others in between them.
    for (let step = 0; step < 4; step++) {
      const end = performance.now() + 300;
      while (performance.now() < end);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await flushed;
    expect(notes).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('line\n'.repeat(5));
  });
});
