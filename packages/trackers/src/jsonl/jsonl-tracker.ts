// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {RunPosition, Tracker, TrackerEvent} from '@addernet/plugin';
import {AppendFile, keptLines} from '../append-file.js';
import {encodeImage} from '../encode-image.js';
import {isBeyond} from '../is-beyond.js';

const FILE = 'events.jsonl';
const EVENT_KINDS: readonly unknown[] = ['scalars', 'histogram', 'image'] satisfies readonly TrackerEvent['kind'][];

const timeText = (time: number): string => new Date(time).toISOString();
const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

function eventLine(event: TrackerEvent): string {
  if (event.kind !== 'image') return lineOf({...event, time: timeText(event.time)});
  const {pixels: _pixels, channels: _channels, ...rest} = event;
  return lineOf({...rest, time: timeText(event.time), png: Buffer.from(encodeImage(event)).toString('base64')});
}

/** Whether a line is to stay when the run goes on at a position: what began and ended stays, events up to there too, broken lines do not. */
function isKept(line: string, position: RunPosition): boolean {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (!EVENT_KINDS.includes(value.kind)) return true;
  if (!('step' in value) || typeof value.step !== 'number') return false;
  const epoch = 'epoch' in value && typeof value.epoch === 'number' ? {epoch: value.epoch} : {};
  return !isBeyond({step: value.step, ...epoch}, position);
}

/**
 * events.jsonl in the run's folder, one JSON object a line with its `kind`: 'start' (run, experiment, tags, config), 'scalars' (values by name),
 * 'histogram' (name, histogram, sum, sumOfSquares), 'image' (name, width, height, png in Base64), 'resume' (step, epochs) and 'end' (status, error, step,
 * epochs). Every line has a `time` (ISO 8601, UTC); events have the `step`, and those of an epoch's end the `epoch`. Numbers that are not finite are null.
 */
export const jsonlTracker: Tracker = {
  name: 'jsonl',
  description: `every event as a line of JSON: ${FILE} in each run's folder`,
  async open({id, experiment, folder, tags, config, resumed}) {
    const name = path.join(folder, FILE);
    const kept = await keptLines(name, resumed, isKept);
    const file = await AppendFile.open(name, kept);
    const time = timeText(Date.now());
    // A tracker that is asked for only now has no beginning.
    if (kept === '') file.add(lineOf({kind: 'start', time, run: id, experiment, tags, config}));
    if (resumed !== undefined) file.add(lineOf({kind: 'resume', time, ...resumed}));
    return {
      record: (event) => file.add(eventLine(event)),
      flush: () => file.flush(),
      close: async (end) => {
        file.add(lineOf({kind: 'end', ...end, time: timeText(end.time)}));
        await file.flush();
      },
    };
  },
};
