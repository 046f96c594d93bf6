// SPDX-License-Identifier: Apache-2.0
import type {ClassGroup, EvaluationRecord, RunRecords, RunSummary} from '@addernet/plugin';
import {decode} from 'fast-png';
import * as fc from 'fast-check';
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {confusionOf, groupConfusion, mostConfused, shareOf, type Confusion} from '../src/confusion.js';
import {renderHtmlReport} from '../src/index.js';
import {resultsOf} from '../src/results.js';
import {makeRun, makeSummary} from './fixtures.js';
import {rowsOf, textOf} from './page.js';

const CURVE = {epochs: 2, limit: 0.4, imagesPerSecond: 80};
const PIXELS = Uint8Array.from({length: 2 * 3 * 3}, (_, at) => 7 * at);
const IMAGE = {height: 2, width: 3, channels: 3, pixels: Buffer.from(PIXELS).toString('base64')};

/** `classes` classes of which each is right four times in five and taken for the next one otherwise. */
function evaluation(classes: number, options: Partial<EvaluationRecord> = {}): EvaluationRecord {
  const names = Array.from({length: classes}, (_, index) => `class_${index}`);
  return {
    epoch: 2,
    images: 100 * classes,
    classNames: names,
    confusion: names.flatMap((_, label): [number, number, number][] => [
      [label, label, 80],
      [label, (label + 1) % classes, 20],
    ]),
    topLosses: [0, 1].map((index) => ({
      index,
      label: index,
      predicted: index + 1,
      predictedProbability: 0.9,
      labelProbability: 0.00012,
      loss: 9 - index,
      image: IMAGE,
    })),
    ...options,
  };
}

const GROUPS: readonly ClassGroup[] = [0, 1, 2].map((group) => ({
  name: `group_${group}`,
  classes: Array.from({length: 10}, (_, index) => 3 * index + group),
}));

function runs(...seeds: number[]): readonly RunSummary[] {
  return ['conv', 'adder'].flatMap((operator) => seeds.map((seed) => makeRun({operator, seed}, CURVE)));
}

async function page(all: readonly RunSummary[], record: EvaluationRecord) {
  const records = new Map<string, RunRecords>(all.map(({id}) => [id, {evaluation: record}]));
  const text = await renderHtmlReport(makeSummary(all), records);
  return {text, document: parseHTML(text).document};
}

function confusion(all: readonly RunSummary[], records: ReadonlyMap<string, RunRecords>): Confusion | undefined {
  const [result] = resultsOf(makeSummary(all)).groups[0]?.settings[0]?.results ?? [];
  return result && confusionOf(result, records);
}

describe('confusions', () => {
  it('are summed over seeds, and shares are of the class', () => {
    const count = fc.integer({min: 0, max: 50});
    const matrix = fc.array(fc.array(count, {minLength: 4, maxLength: 4}), {minLength: 4, maxLength: 4});
    fc.assert(
      fc.property(matrix, matrix, (first, second) => {
        const all = [1, 2].map((seed) => makeRun({seed}, CURVE));
        const records = new Map(
          [first, second].map((rows, index): [string, RunRecords] => [
            all[index]?.id ?? '',
            {
              evaluation: evaluation(4, {
                confusion: rows.flatMap((row, label) =>
                  row.flatMap((images, predicted): [number, number, number][] =>
                    images > 0 ? [[label, predicted, images]] : [],
                  ),
                ),
              }),
            },
          ]),
        );
        const both = confusion(all, records);
        const sum = first.map((row, label) =>
          row.map((images, predicted) => images + (second[label]?.[predicted] ?? 0)),
        );
        expect(both?.counts).toEqual(sum);
        expect(both?.runs).toBe(2);
        if (both === undefined) return;
        sum.forEach((row, label) => {
          const total = row.reduce((whole, images) => whole + images, 0);
          row.forEach((images, predicted) =>
            expect(shareOf(both, label, predicted)).toBe(total === 0 ? 0 : images / total),
          );
        });
        const pairs = mostConfused([both], 16);
        expect(pairs.every(({label, predicted, mean}) => label !== predicted && mean > 0)).toBe(true);
        expect(pairs.map(({mean}) => mean)).toEqual(pairs.map(({mean}) => mean).toSorted((a, b) => b - a));
      }),
    );
  });

  it('have their groups’ sums', () => {
    const all = [makeRun({}, CURVE)];
    const records = new Map([[all[0]?.id ?? '', {evaluation: evaluation(30, {classGroups: GROUPS})}]]);
    const whole = confusion(all, records);
    const grouped = whole && groupConfusion(whole);
    expect(grouped?.classNames).toEqual(['group_0', 'group_1', 'group_2']);
    expect(grouped?.counts).toEqual([
      [800, 200, 0],
      [0, 800, 200],
      [200, 0, 800],
    ]);
  });

  it.each([
    ['of another epoch than the figures', {epoch: 1}],
    ['without a matrix', {confusion: undefined}],
  ])('are not made of a record %s', (_what, options) => {
    const all = [makeRun({}, CURVE)];
    expect(confusion(all, new Map([[all[0]?.id ?? '', {evaluation: evaluation(3, options)}]]))).toBeUndefined();
  });
});

describe('mistakes in the HTML report', () => {
  it('are a table of shaded cells where there are few classes', async () => {
    const {document} = await page(runs(1, 2), evaluation(3));
    const [conv, adder] = document.querySelectorAll('table.confusion');
    expect(textOf(conv?.querySelector('caption') ?? null)).toContain(
      'conv (sum over 2 seeds): percent of each true class’s',
    );
    expect(textOf(adder?.querySelector('caption') ?? null)).toContain('adder');
    expect([...(conv?.querySelectorAll('tbody tr') ?? [])].map((row) => [...row.children].map(textOf))).toEqual([
      ['class 0', '80', '20', ''],
      ['class 1', '', '80', '20'],
      ['class 2', '20', '', '80'],
    ]);
    const cell = conv?.querySelectorAll('td')[1];
    expect(cell?.getAttribute('title')).toBe('class 0 taken for class 1: 40 of 200 (20.0\u00a0%)');
    expect(cell?.getAttribute('style')).toBe('--share:0.200');
    expect(document.querySelectorAll('figure')).toHaveLength(5);
  });

  it('are a picture where there are many, with texts for the pointer and tables of the groups', async () => {
    const {document} = await page(runs(1), evaluation(30, {classGroups: GROUPS}));
    const chart = [...document.querySelectorAll('figure svg')].find((svg) => textOf(svg).includes('Confusion matrix'));
    // A cell for the right answers of each class, one for the wrong ones; legend and lines besides.
    expect(chart?.querySelectorAll('.mark-rect path')).toHaveLength(60);
    const hovers = [...(chart?.querySelectorAll('rect > title') ?? [])].map(textOf);
    expect(hovers).toContain('class 3: right 80\u00a0%; taken for class 4 20\u00a0%'.replaceAll('\u00a0', ' '));
    expect(hovers).toContain('class 3 taken for class 4: 20 %');
    expect(chart?.outerHTML).not.toMatch(/NaN|undefined|Infinity/u);
    expect(document.querySelectorAll('details table.confusion')).toHaveLength(2);
    expect(rowsOf(document, '.pairs')[0]).toEqual(['class 0', 'class 1', '20.0', '20.0', 'group 0 → group 1']);
  });

  it('have no more pictures than a report that opens at once can have, and say so', async () => {
    const many = Array.from({length: 5}, (_, index) =>
      ['conv', 'adder'].map((operator) => makeRun({operator, architecture: `net${index}`}, CURVE)),
    ).flat();
    const {document, text} = await page(many, evaluation(100));
    const charts = [...document.querySelectorAll('figure svg')].filter((svg) =>
      textOf(svg).includes('Confusion matrix'),
    );
    expect(charts).toHaveLength(8);
    expect(textOf(document.querySelector('main'))).toContain(
      'No picture of 2 further matrices: a report has at most 8',
    );
    expect(document.querySelectorAll('.gallery')).toHaveLength(8);
    expect(text.length).toBeLessThan(3_000_000);
  }, 60_000);

  it('show the images of the highest losses with classes and probabilities', async () => {
    const {document} = await page(runs(1), evaluation(3));
    const [first] = document.querySelectorAll('.gallery li');
    expect([...(first?.querySelectorAll('p') ?? [])].map(textOf)).toEqual([
      'class 0 <0.1 %',
      'taken for class 1 90 %',
      'loss 9.0',
    ]);
    const image = first?.querySelector('img');
    expect(image?.getAttribute('alt')).toBe('Test image 0: class 0, taken for class 1');
    const [type, base64] = (image?.getAttribute('src') ?? '').split(',');
    expect(type).toBe('data:image/png;base64');
    const png = decode(Buffer.from(base64 ?? '', 'base64'));
    expect(png).toMatchObject({width: 3, height: 2, channels: 3, depth: 8});
    expect([...png.data]).toEqual([...PIXELS]);
    expect(textOf(document.querySelectorAll('.losses')[1] ?? null)).toContain(
      '2 of the 2 are among those of conv, too.',
    );
  });

  it('are left out where nothing was recorded', async () => {
    const text = await renderHtmlReport(makeSummary(runs(1)));
    expect(text).not.toContain('Mistakes');
  });

  it('show hostile class names as they are', async () => {
    const hostile = '"><script>alert(1)</script>';
    const {document} = await page(
      runs(1),
      evaluation(30, {classNames: Array.from({length: 30}, (_, at) => `${hostile}${at}`)}),
    );
    expect(document.querySelectorAll('script')).toHaveLength(0);
    expect(textOf(document.querySelector('.gallery b'))).toBe(`${hostile}0`);
  });
});
