// SPDX-License-Identifier: Apache-2.0
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {decode} from 'fast-png';
import {describe, expect, it} from 'vitest';
import {tensorboardTracker} from '../src/index.js';
import {decodeRecords, encodeRecord} from '../src/tensorboard/tf-record.js';
import {crc32c, eventFiles, readEvents, readHParams, type ReadEvent} from './event-reader.js';
import {
  end,
  epochEvents,
  histogramEvent,
  imageEvent,
  stepEvent,
  temporaryFolders,
  time,
  trackedRun,
} from './support.js';

const freshFolder = temporaryFolders();

const values = (events: readonly ReadEvent[]) =>
  events.flatMap((event) => (event.summary?.value ?? []).map((value) => ({...event, value})));

describe('TFRecord', () => {
  it('has the checksums of the standard', () => {
    // RFC 3720, appendix B.4.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(Uint8Array.from({length: 32}, (_, index) => index))).toBe(0x46dd794e);
    const record = encodeRecord(Uint8Array.from([1, 2, 3]));
    expect(record).toHaveLength(19);
    expect(decodeRecords(record).map((data) => [...data])).toEqual([[1, 2, 3]]);
  });

  it('is read up to what is cut off or damaged', () => {
    const two = Buffer.concat([encodeRecord(Uint8Array.from([1])), encodeRecord(Uint8Array.from([2, 3]))]);
    for (let length = 0; length < two.length; length++) {
      expect(decodeRecords(two.subarray(0, length))).toHaveLength(length < 17 ? 0 : 1);
    }
    for (let index = 0; index < two.length; index++) {
      const damaged = Buffer.from(two);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      expect(decodeRecords(damaged)).toHaveLength(index < 17 ? 0 : 1);
    }
  });
});

describe('tensorboard', () => {
  it('writes scalars, histograms and images that another reader finds', async () => {
    const folder = freshFolder();
    const tracker = await tensorboardTracker.open(trackedRun(folder));
    tracker.record(stepEvent(7));
    tracker.record(histogramEvent(9, 3));
    tracker.record(imageEvent(9, 3));
    await tracker.close(end);
    const events = readEvents(folder);
    expect(events[0]).toMatchObject({step: 0, file_version: 'brain.Event:2'});
    expect(events[1]).toMatchObject({step: 0, session_log: {status: 'START'}});
    const read = values(events).filter(({value}) => value.metadata === undefined);
    expect(read.map(({step, value}) => [step, value.tag])).toEqual([
      [7, 'train/loss'],
      [7, 'train/top1'],
      [9, 'weights/conv1'],
      [9, 'filters/stem'],
    ]);
    const [loss, , weights, filters] = read;
    expect(loss?.wall_time).toBe(time(7) / 1000);
    expect(loss?.value.simple_value).toBe(Math.fround(1 / 9));
    expect(weights?.value.histo).toEqual({
      min: -1,
      max: 3,
      num: 8,
      sum: 9.5,
      sum_squares: 20.25,
      bucket_limit: [0, 1, 2, 3],
      bucket: [1, 0, 5, 2],
    });
    const image = filters?.value.image;
    expect(image).toMatchObject({width: 2, height: 1, colorspace: 3});
    const png = decode(image?.encoded_image_string ?? new Uint8Array());
    expect(png).toMatchObject({width: 2, height: 1, channels: 3, depth: 8});
    expect([...png.data]).toEqual([255, 0, 128, 1, 2, 3]);
  });

  it.each(['failed', 'diverged'] as const)(
    "has the run's settings and its end for the HParams tab: %s",
    async (status) => {
      const folder = freshFolder();
      const tracker = await tensorboardTracker.open(trackedRun(folder));
      await tracker.close({...end, status, error: 'NaN'});
      const [settings, ended] = values(readEvents(folder)).map(({value}) => ({
        tag: value.tag,
        plugin: value.metadata?.plugin_data.plugin_name,
        content: readHParams(value.metadata?.plugin_data.content ?? new Uint8Array()),
      }));
      expect(settings).toMatchObject({tag: '_hparams_/session_start_info', plugin: 'hparams'});
      expect(settings?.content.session_start_info).toMatchObject({
        group_name: 'cifar10-tiny-adder-seed3',
        hparams: {
          data: {string_value: 'CIFAR-10'},
          operator: {string_value: 'adder'},
          seed: {number_value: 3},
          augmentation: {bool_value: true},
          'optimizer.learningRate': {number_value: 0.1},
        },
      });
      expect(settings?.content.session_start_info?.hparams).not.toHaveProperty('output');
      expect(ended).toMatchObject({tag: '_hparams_/session_end_info', content: {session_end_info: {status: 2}}});
    },
  );

  it('goes on in a file of its own, which says what is void, even if the clock was set back', async () => {
    const folder = freshFolder();
    const first = await tensorboardTracker.open(trackedRun(folder));
    for (const step of [1, 2, 3, 4]) first.record(stepEvent(step));
    epochEvents(4, 1).forEach((event) => first.record(event));
    await first.close({...end, status: 'failed'});
    const [file = ''] = eventFiles(folder);
    const late = path.join(folder, 'events.out.tfevents.9000000000.addernet');
    writeFileSync(late, readFileSync(file));
    const second = await tensorboardTracker.open(trackedRun(folder, {step: 3, epochs: 0}));
    second.record(stepEvent(4));
    await second.close({...end, status: 'interrupted'});
    expect(eventFiles(folder)).toHaveLength(3);
    expect(eventFiles(folder).at(-1)).toContain('9000000001');
    const events = readEvents(folder);
    expect(events.filter(({session_log}) => session_log !== undefined).map(({step}) => step)).toEqual([0, 0, 4]);
    const tags = values(events).map(({step, value}) => `${step} ${value.tag}`);
    expect(tags.filter((tag) => tag === '4 train/loss')).toHaveLength(1);
    expect(tags).not.toContain('4 test/top1');
    // A run that goes on has not failed.
    expect(tags.join()).not.toContain('session_end_info');
  });

  it('begins anew where a run begins anew', async () => {
    const folder = freshFolder();
    for (const step of [1, 2]) {
      const tracker = await tensorboardTracker.open(trackedRun(folder));
      tracker.record(stepEvent(step));
      await tracker.close(end);
    }
    expect(eventFiles(folder)).toHaveLength(1);
    expect(values(readEvents(folder)).map(({step}) => step)).not.toContain(1);
  });
});
