// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {EvaluationRecord, RunRecords} from '@addernet/plugin';
import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {EvaluationRecorder} from '../src/evaluation/recorder.js';
import {RECORDED_SIDE, recordedImage} from '../src/evaluation/recorded-image.js';
import {CLASSES, FakeSplit, containerWith} from './fixtures.js';
import {readJson, run} from './run.js';

const official = {kind: 'official', label: 'Pictures'} as const;
const RUN = 'pictures-small-plain-seed0';

describe('EvaluationRecorder', () => {
  it('counts pairs and keeps the highest losses, whatever the batches', async () => {
    const logits = fc.array(
      fc.array(fc.float({min: -30, max: 30, noNaN: true}), {minLength: CLASSES, maxLength: CLASSES}),
      {
        minLength: 1,
        maxLength: 36,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        logits,
        fc.integer({min: 1, max: 36}),
        fc.integer({min: 1, max: 8}),
        async (rows, batch, topLosses) => {
          const split = FakeSplit.make('test', 36, official);
          const recorder = new EvaluationRecorder(split, {confusionMatrix: true, topLosses});
          for (let start = 0; start < rows.length; start += batch) {
            const part = rows.slice(start, start + batch);
            recorder.add(part.flat(), split.labels.subarray(start, start + batch), part.length);
          }
          const {confusion = [], topLosses: top = [], images} = await recorder.record(1);
          const expected = rows.map((row, index) => {
            const label = split.labels[index] ?? 0;
            const exponentials = row.map((value) => Math.exp(value - Math.max(...row)));
            const sum = exponentials.reduce((total, value) => total + value, 0);
            return {
              index,
              label,
              predicted: row.indexOf(Math.max(...row)),
              loss: Math.log(sum) - ((row[label] ?? 0) - Math.max(...row)),
              labelProbability: (exponentials[label] ?? 0) / sum,
            };
          });
          expect(images).toBe(rows.length);
          for (const [label, predicted, count] of confusion) {
            expect(count).toBe(expected.filter((row) => row.label === label && row.predicted === predicted).length);
          }
          expect(confusion.reduce((sum, [, , count]) => sum + count, 0)).toBe(rows.length);
          const worst = expected.toSorted((a, b) => b.loss - a.loss || a.index - b.index).slice(0, topLosses);
          expect(top.map(({index}) => index)).toEqual(worst.map(({index}) => index));
          top.forEach((kept, place) => {
            expect(kept).toMatchObject({label: worst[place]?.label, predicted: worst[place]?.predicted});
            expect(kept.loss).toBeCloseTo(worst[place]?.loss ?? NaN, 9);
            expect(kept.labelProbability).toBeCloseTo(worst[place]?.labelProbability ?? NaN, 9);
          });
        },
      ),
      {numRuns: 50},
    );
  });

  it('leaves out images whose logits are not finite', async () => {
    const split = FakeSplit.make('test', 3, official);
    const recorder = new EvaluationRecorder(split, {confusionMatrix: true, topLosses: 3});
    recorder.add([NaN, 0, 0, 0, 0, 0, 0, 1, Infinity, 0, 0, 0, 0, 0, 5, 0, 0, 0], split.labels, 3);
    expect(await recorder.record(2)).toMatchObject({
      epoch: 2,
      images: 3,
      confusion: [[2, 2, 1]],
      topLosses: [{index: 2}],
    });
  });
});

describe('recordedImage', () => {
  const bytes = (record: ReturnType<typeof recordedImage>) => [...Buffer.from(record.pixels, 'base64')];

  it('keeps small images as they are', async () => {
    const split = FakeSplit.make('test', 4, official);
    const record = recordedImage(await split.image(2), split.imageShape);
    expect(record).toMatchObject({height: 4, width: 4, channels: 3});
    expect(bytes(record)).toEqual([...split.pixels.subarray(2 * 48, 3 * 48)]);
  });

  it('records large ones smaller, by means', () => {
    const [height, width] = [2 * RECORDED_SIDE + 1, 4];
    const pixels = Uint8Array.from({length: height * width}, (_, at) => Math.floor(at / width));
    const record = recordedImage(pixels, [height, width, 1]);
    expect(record).toMatchObject({height: Math.ceil(height / 3), width: 2, channels: 1});
    // Rows 0 to 2, of columns 0 to 2 and of column 3 alone, have a mean of 1; the next three one of 4.
    expect(bytes(record).slice(0, 4)).toEqual([1, 1, 4, 4]);
  });
});

describe('a run', () => {
  const seen: ReadonlyMap<string, RunRecords>[] = [];
  const container = () =>
    containerWith({
      reporters: [
        {
          name: 'records',
          fileName: 'records.txt',
          render: (_summary, records) => {
            seen.push(records);
            return Promise.resolve('');
          },
        },
      ],
    });

  it('leaves the last evaluation in its folder, which agrees with its summary and reaches the reporters', async () => {
    const {folder, summary} = await run({container: container(), overrides: {operators: 'plain', epochs: '2'}});
    const record = readJson(folder, RUN, 'evaluation.json');
    expect(record).toMatchObject({version: 1, epoch: 2, images: 36, classNames: expect.arrayContaining(['class 5'])});
    const evaluation = seen.at(-1)?.get(RUN)?.evaluation;
    expect({version: 1, ...evaluation}).toEqual(record);
    const right = evaluation?.confusion?.filter(([label, predicted]) => label === predicted) ?? [];
    expect(right.reduce((sum, [, , images]) => sum + images, 0) / 36).toBeCloseTo(
      summary.runs[0]?.final?.top1 ?? NaN,
      12,
    );
    const losses = evaluation?.topLosses?.map(({loss}) => loss) ?? [];
    expect(losses).toHaveLength(16);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses[0]).toBeGreaterThanOrEqual(summary.runs[0]?.final?.loss ?? NaN);
  });

  it('leaves none where both parts are off, and only one where one is', async () => {
    const overrides = {operators: 'plain', epochs: '1', 'evaluation.topLosses': '0'};
    const off = await run({container: container(), overrides: {...overrides, 'evaluation.confusionMatrix': 'false'}});
    expect(readdirSync(path.join(off.folder, RUN))).not.toContain('evaluation.json');
    expect(seen.at(-1)?.get(RUN)).not.toHaveProperty('evaluation');
    await run({container: container(), overrides});
    const evaluation: EvaluationRecord | undefined = seen.at(-1)?.get(RUN)?.evaluation;
    expect(evaluation?.topLosses).toBeUndefined();
    expect(evaluation?.confusion).toBeDefined();
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 50), 'not JSON, or truncated'],
    [
      'of another form',
      (text: string) => text.replace('"version":1', '"version":2'),
      'of another version or altered: version',
    ],
    ['with fewer pixels', (text: string) => text.replace('"height":4', '"height":5'), 'as many pixels as'],
  ])('has a report without a record that is %s, with a note', async (_what, alter, message) => {
    const first = await run({container: container(), overrides: {operators: 'plain', epochs: '1'}});
    const file = path.join(first.folder, RUN, 'evaluation.json');
    writeFileSync(file, alter(readFileSync(file, 'utf8')));
    const {resumeExperiment} = await import('../src/index.js');
    const again = await resumeExperiment({folder: first.folder, container: container()});
    expect(seen.at(-1)?.has(RUN)).toBe(false);
    expect(again.summary.notes.join('\n')).toContain(message);
  });
});
