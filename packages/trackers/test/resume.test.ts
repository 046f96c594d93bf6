// SPDX-License-Identifier: Apache-2.0
import {appendFileSync, cpSync, readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import type {RunPosition, Tracker, TrackerEvent} from '@addernet/plugin';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {csvTracker, jsonlTracker, tensorboardTracker} from '../src/index.js';
import {readEvents} from './event-reader.js';
import {end, epochEvents, stepEvent, temporaryFolders, trackedRun} from './support.js';

const STEPS = 4;
const EPOCHS = 3;
const freshFolder = temporaryFolders();

/** A moment of a run: what is told, and the position behind it, where a checkpoint may be taken. */
interface Moment {
  readonly events: readonly TrackerEvent[];
  readonly position: RunPosition;
}

const moments: Moment[] = Array.from({length: EPOCHS}, (_, epoch) => [
  ...Array.from({length: STEPS}, (_, step): Moment => {
    const done = epoch * STEPS + step + 1;
    return {events: [stepEvent(done)], position: {step: done, epochs: epoch}};
  }),
  {events: epochEvents((epoch + 1) * STEPS, epoch + 1), position: {step: (epoch + 1) * STEPS, epochs: epoch + 1}},
]).flat();

const EVENTS = ['scalars', 'histogram', 'image'];

/** What a tracker left of a run's events, in order. */
const readers: readonly {readonly tracker: Tracker; readonly read: (folder: string) => unknown}[] = [
  {
    tracker: jsonlTracker,
    read: (folder) =>
      readFileSync(path.join(folder, 'events.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line))
        .filter(
          (value) =>
            typeof value === 'object' && value !== null && 'kind' in value && EVENTS.includes(String(value.kind)),
        ),
  },
  {tracker: csvTracker, read: (folder) => readFileSync(path.join(folder, 'scalars.csv'), 'utf8')},
  {
    tracker: tensorboardTracker,
    read: (folder) =>
      readEvents(folder).filter(({summary}) => summary?.value.some(({tag}) => !tag.startsWith('_hparams_'))),
  },
];

describe.each(readers)('$tracker.name', ({tracker, read}) => {
  const whole = async (): Promise<unknown> => {
    const folder = freshFolder();
    const open = await tracker.open(trackedRun(folder));
    for (const {events} of moments) events.forEach((event) => open.record(event));
    await open.close(end);
    return read(folder);
  };

  /** Works on from a position, in a process that is killed behind a moment; returns the folder as the kill left it. */
  async function work(
    folder: string,
    from: number,
    to: number,
    {flushed, torn}: {flushed: boolean; torn: Uint8Array},
  ): Promise<string> {
    const resumed = from === 0 ? undefined : moments[from - 1]?.position;
    const open = await tracker.open(trackedRun(folder, resumed));
    for (const {events} of moments.slice(from, to)) events.forEach((event) => open.record(event));
    if (flushed) await open.flush();
    const left = freshFolder();
    cpSync(folder, left, {recursive: true});
    const newest = readdirSync(left).sort().at(-1);
    if (newest !== undefined) appendFileSync(path.join(left, newest), torn);
    await open.close(end);
    return left;
  }

  it('has every event once, however often a run is killed and goes on from a checkpoint', async () => {
    const expected = await whole();
    const kills = fc.array(
      fc.record({
        /** Moments that the process does. */
        done: fc.integer({min: 0, max: moments.length}),
        /** How many of them lie behind its last checkpoint. */
        lost: fc.integer({min: 0, max: 6}),
        torn: fc.uint8Array({maxLength: 20}).map((bytes) => bytes.map((byte) => (byte === 10 ? 11 : byte))),
      }),
      {maxLength: 5},
    );
    await fc.assert(
      fc.asyncProperty(kills, async (list) => {
        let folder = freshFolder();
        let checkpoint = 0;
        for (const {done, lost, torn} of list) {
          const reached = Math.min(moments.length, checkpoint + done);
          const next = Math.max(checkpoint, reached - lost);
          folder = await work(folder, checkpoint, reached, {flushed: true, torn});
          checkpoint = next;
        }
        const open = await tracker.open(
          trackedRun(folder, checkpoint === 0 ? undefined : moments[checkpoint - 1]?.position),
        );
        for (const {events} of moments.slice(checkpoint)) events.forEach((event) => open.record(event));
        await open.close(end);
        expect(read(folder)).toEqual(expected);
      }),
      {numRuns: 20},
    );
  });

  it('loses what was not flushed, and nothing else', async () => {
    const left = await work(freshFolder(), 0, 3, {flushed: false, torn: new Uint8Array()});
    const open = await tracker.open(trackedRun(left));
    for (const {events} of moments) events.forEach((event) => open.record(event));
    await open.close(end);
    expect(read(left)).toEqual(await whole());
  });

  it('says so where its folder is not to be written', async () => {
    await expect(tracker.open(trackedRun('/proc/self/none'))).rejects.toThrow('ENOENT');
  });
});
