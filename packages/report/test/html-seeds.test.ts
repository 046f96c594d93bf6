// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {curvesOf} from '../src/charts/curve-data.js';
import {resultsOf} from '../src/results.js';
import {makeEpochs, makeRun, makeSummary, seededOnPartialData} from './fixtures.js';
import {report, textOf, rowsOf, chartsOf} from './page.js';

const FINAL = {top1: 0.5, top5: 0.8, loss: 2, imagesPerSecond: 70};

describe('several seeds', () => {
  it('are averaged over finished runs, with the sample standard deviation', async () => {
    const tops = [0.5, 0.52, 0.57];
    const finals = tops.map((top1) => ({top1, top5: 0.8, loss: 2, imagesPerSecond: 70}));
    const {document} = await report(
      makeSummary([
        ...finals.map((final, index) => makeRun({seed: index + 1, final})),
        makeRun({seed: 4, status: 'interrupted', final: {top1: 0.1, top5: 0.2, loss: 4, imagesPerSecond: 70}}),
      ]),
    );
    const [row] = rowsOf(document, '#results');
    // mean 0.53, deviation √((0.03² + 0.01² + 0.04²)/2) = 0.0361
    expect(row?.[2]).toBe('53.00 ± 3.61');
    expect(row?.[10]).toBe('1, 2, 3');
    expect(row?.[11]).toBe('3 finished, 1 interrupted');
    expect(rowsOf(document, '#runs')).toHaveLength(4);
  });

  it('are a mean with a band; thin lines are those that did not finish', async () => {
    const {document} = await report(seededOnPartialData());
    const charts = chartsOf(document);
    const count = (chart: (typeof charts)[number] | undefined, marks: string, width?: string) =>
      [...(chart?.querySelectorAll(`${marks} path`) ?? [])].filter(
        (path) => width === undefined || path.getAttribute('stroke-width') === width,
      ).length;
    const [finished, , , , unfinished] = charts;
    for (const [chart, thin] of [
      [finished, 0],
      [unfinished, 4],
    ] as const) {
      expect(count(chart, '.mark-area')).toBe(4);
      expect(count(chart, '.mark-line', '2')).toBe(4);
      expect(count(chart, '.mark-line', '1')).toBe(thin);
    }
    const captions = [...document.querySelectorAll('figcaption')].map(textOf);
    expect(captions[0]).toContain('bands: ± one sample standard deviation');
    expect(captions[0]).not.toContain('Thin lines');
    expect(captions[4]).toContain('Thin lines: runs that did not finish');
  });

  it('have bands of one standard deviation, over their mean training time', () => {
    const epochs = (top1: number, seconds: number) => [
      {...makeEpochs({epochs: 1, limit: 0.5, imagesPerSecond: 80})[0], testTop1: top1, trainSeconds: seconds},
    ];
    const runs = [makeRun({seed: 1, epochs: epochs(0.5, 40)}), makeRun({seed: 2, epochs: epochs(0.54, 50)})];
    const [setting] = resultsOf(makeSummary(runs.map((run) => ({...run, final: FINAL})))).groups[0]?.settings ?? [];
    const point = curvesOf({results: setting?.results ?? []}, 'top1').main.find(({split}) => split === 'test');
    expect(point).toMatchObject({epoch: 1, seconds: 45, value: expect.closeTo(52, 9)});
    // The sample standard deviation of 50 and 54 is √8.
    expect(point?.low).toBeCloseTo(52 - Math.sqrt(8), 9);
    expect(point?.high).toBeCloseTo(52 + Math.sqrt(8), 9);
  });

  it('are not averaged when a seed repeats: such runs differ in something else', async () => {
    const final = FINAL;
    const {document} = await report(makeSummary([makeRun({id: 'low-rate', final}), makeRun({id: 'high-rate', final})]));
    expect(rowsOf(document, '#results').map((row) => row.find((cell) => cell.startsWith('conv')))).toEqual([
      'conv (low-rate)',
      'conv (high-rate)',
    ]);
  });

  it('are compared by the spread over seeds', async () => {
    const {document} = await report(seededOnPartialData());
    expect(textOf(document.querySelector('.lead .foot'))).toContain('from the spread over these');
  });
});
