// SPDX-License-Identifier: Apache-2.0
import {readFile, readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import type {RunPosition, Tracker} from '@addernet/plugin';
import writeFileAtomic from 'write-file-atomic';
import {AppendFile} from '../append-file.js';
import {isBeyond} from '../is-beyond.js';
import {encodeEvent, outlineEvent, sessionStartEvent, versionEvent} from './event.js';
import {END_TAG, endEvent, settingsEvent} from './hparams.js';
import {decodeRecords, encodeRecord} from './tf-record.js';

const NAME = /^events\.out\.tfevents\.(\d{10})\.addernet$/;

async function eventFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NAME.test(name)).sort();
}

/** TensorBoard reads a run's files by name: a later one comes behind, even if the clock was set back. */
function nextName(before: readonly string[]): string {
  const [, last = '0'] = NAME.exec(before.at(-1) ?? '') ?? [];
  const seconds = Math.max(Math.floor(Date.now() / 1000), Number(last) + 1);
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.addernet`;
}

/** Takes what will be recorded again out of a file, and what a kill left half written. */
async function cutBack(file: string, position: RunPosition): Promise<void> {
  const content = await readFile(file);
  const kept = decodeRecords(content).filter((data) => {
    const outline = outlineEvent(data);
    // A run that goes on has not ended.
    return outline.tags.length === 0 || !(outline.tags.includes(END_TAG) || isBeyond(outline, position));
  });
  const bytes = Buffer.concat(kept.map(encodeRecord));
  if (!bytes.equals(content)) await writeFileAtomic(file, bytes);
}

/**
 * TensorBoard's event files in the run's folder, so that `tensorboard --logdir RUNFOLDER` shows the runs of an experiment side by side: scalars, weights as
 * histograms, filters as images, and the settings under HParams.
 *
 * A run that goes on begins a file of its own. It says from which step on earlier events are void, which a TensorBoard that is running goes by, and those
 * events are taken out of the earlier files.
 */
export const tensorboardTracker: Tracker = {
  name: 'tensorboard',
  description: "TensorBoard's event files: tensorboard --logdir RUNFOLDER",
  async open(run) {
    const {folder, resumed} = run;
    const before = await eventFiles(folder);
    for (const name of before) {
      if (resumed === undefined) await rm(path.join(folder, name));
      else await cutBack(path.join(folder, name), resumed);
    }
    const now = Date.now();
    const begin = [versionEvent(now), sessionStartEvent(now, resumed === undefined ? 0 : resumed.step + 1)];
    // A tracker that is asked for only now has no beginning.
    if (resumed === undefined || before.length === 0) begin.push(settingsEvent(run, now));
    const file = await AppendFile.open(path.join(folder, nextName(before)), Buffer.concat(begin.map(encodeRecord)));
    return {
      record: (event) => file.add(encodeRecord(encodeEvent(event))),
      flush: () => file.flush(),
      close: async (end) => {
        const last = endEvent(end);
        if (last !== undefined) file.add(encodeRecord(last));
        await file.flush();
      },
    };
  },
};
