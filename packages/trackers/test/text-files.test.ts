// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {decode} from 'fast-png';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {csvTracker, jsonlTracker} from '../src/index.js';
import {end, histogramEvent, imageEvent, stepEvent, temporaryFolders, trackedRun} from './support.js';

const freshFolder = temporaryFolders();

const readLines = (folder: string): Record<string, unknown>[] =>
  readFileSync(path.join(folder, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

it('jsonl: a line for the start, every event and the end', async () => {
  const folder = freshFolder();
  const tracker = await jsonlTracker.open(trackedRun(folder));
  tracker.record(stepEvent(1));
  tracker.record({kind: 'scalars', step: 2, time: 0, values: {bad: NaN}});
  tracker.record(histogramEvent(4, 1));
  tracker.record(imageEvent(4, 1));
  await tracker.close({...end, status: 'failed', error: 'why'});
  const [start, step, bad, histogram, image, ended, ...others] = readLines(folder);
  expect(start).toMatchObject({
    kind: 'start',
    run: 'cifar10-tiny-adder-seed3',
    experiment: 'cifar10',
    tags: {operator: 'adder'},
    config: {'optimizer.learningRate': 0.1},
  });
  expect(step).toEqual({
    kind: 'scalars',
    step: 1,
    time: '2026-01-01T00:00:01.000Z',
    values: {'train/loss': 1 / 3, 'train/top1': 0.1 + 1 / 300},
  });
  expect(bad).toMatchObject({time: '1970-01-01T00:00:00.000Z', values: {bad: null}});
  expect(histogram).toMatchObject({
    kind: 'histogram',
    epoch: 1,
    histogram: {minimum: -1, maximum: 3, counts: [1, 0, 5, 2]},
  });
  expect(image).toMatchObject({kind: 'image', width: 2, height: 1});
  expect([...decode(Buffer.from(String(image?.png), 'base64')).data]).toEqual([255, 0, 128, 1, 2, 3]);
  expect(ended).toMatchObject({kind: 'end', status: 'failed', error: 'why', step: 12, epochs: 3});
  expect(others).toEqual([]);
});

it('jsonl: says where a run went on', async () => {
  const folder = freshFolder();
  await (await jsonlTracker.open(trackedRun(folder))).close({...end, status: 'interrupted'});
  await (await jsonlTracker.open(trackedRun(folder, {step: 12, epochs: 3}))).close(end);
  expect(readLines(folder).map(({kind, status}) => [kind, status])).toEqual([
    ['start', undefined],
    ['end', 'interrupted'],
    ['resume', undefined],
    ['end', 'finished'],
  ]);
});

it('csv: a row for every number, which reads back as the same number', async () => {
  const number = fc.double();
  await fc.assert(
    fc.asyncProperty(fc.array(number, {minLength: 1, maxLength: 20}), async (numbers) => {
      const folder = freshFolder();
      const tracker = await csvTracker.open(trackedRun(folder));
      numbers.forEach((value, step) => tracker.record({kind: 'scalars', step, time: 0, values: {'a, "b"\nc': value}}));
      tracker.record({kind: 'scalars', step: 99, epoch: 2, time: 1, values: {x: 1}});
      tracker.record(histogramEvent(1, 1));
      await tracker.close(end);
      const [header, ...rows] = readFileSync(path.join(folder, 'scalars.csv'), 'utf8').trimEnd().split('\n');
      expect(header).toBe('step,epoch,time,name,value');
      expect(rows.pop()).toBe('99,2,1970-01-01T00:00:00.001Z,x,1');
      expect(rows).toHaveLength(numbers.length);
      rows.forEach((row, step) => {
        const start = `${step},,1970-01-01T00:00:00.000Z,"a, ""b"" c",`;
        expect(row.slice(0, start.length)).toBe(start);
        // −0 is written as 0.
        expect(Number(row.slice(start.length))).toBe((numbers[step] ?? 0) + 0);
      });
    }),
    {numRuns: 30},
  );
});
