// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {makeRun, makeSummary, nothingFinished, oneEpoch} from './fixtures.js';
import {render, report, textOf, rowsOf, chartsOf, subtitleOf} from './page.js';

describe('unfinished and odd runs', () => {
  it('are shown with status, epochs and error, and are not compared', async () => {
    const {document} = await report(nothingFinished());
    expect(textOf(document.querySelector('.lead'))).toContain(
      'resnet20 with adder has no finished run (failed; 0 of 10 epochs), so it is not compared',
    );
    const [conv, adder] = rowsOf(document, '#results');
    expect(conv).toContain('1 of 10');
    expect(conv?.at(-1)).toBe('interrupted');
    expect(adder?.slice(1, 5)).toEqual(['–', '–', '–', '–']);
    expect(textOf(document.querySelector('dl'))).toContain('MissingKernelError: adderConv2d has no kernel on webgl');
  });

  it('say that they diverged, also beside others that finished', async () => {
    const error = 'the training loss became NaN';
    const curve = {epochs: 10, limit: 0.4, imagesPerSecond: 80};
    const {document} = await report(
      makeSummary([
        makeRun({operator: 'conv'}, curve),
        ...[0, 1].map((seed) => makeRun({id: `adder${seed}`, operator: 'adder', seed, status: 'diverged', error})),
        ...[0, 1].map((seed) => makeRun({id: `shift${seed}`, operator: 'shift', seed}, curve)),
        makeRun({id: 'shift2', operator: 'shift', seed: 2, status: 'diverged', error}),
      ]),
    );
    const lead = textOf(document.querySelector('.lead'));
    expect(lead).toContain('adder has no finished run (all diverged; 0 of 10 epochs), so it is not compared');
    expect(lead).toMatch(/shift reaches .*; 1 of 3 runs diverged\./);
    const rows = rowsOf(document, '#results').map((row) => row.at(-1));
    expect(rows).toEqual(['finished', 'all diverged', '2 finished, 1 diverged']);
    expect(textOf(document.querySelector('dl'))).toContain(error);
  });

  it('have symbols where there is a single epoch, and no line could be seen', async () => {
    const {document} = await report(oneEpoch());
    for (const chart of chartsOf(document).slice(0, 2)) {
      expect([...chart.querySelectorAll('.mark-symbol.role-mark path')]).toHaveLength(4);
      expect(subtitleOf(chart)).toContain('filled symbols: test, hollow: train');
    }
  });

  it.each([2, 3, 7, 12])('have every one of %i epochs on the axis', async (epochs) => {
    const {document} = await report(makeSummary([makeRun({}, {epochs, limit: 0.4, imagesPerSecond: 80})]));
    const [loss] = chartsOf(document);
    const labels = [...(loss?.querySelectorAll('.role-axis-label text') ?? [])].map(textOf);
    expect(labels.slice(0, epochs)).toEqual(Array.from({length: epochs}, (_, index) => `${index + 1}`));
  });

  it('have no charts when no epoch was finished', async () => {
    const {document} = await report(makeSummary([makeRun({status: 'failed', error: 'disk full'})]));
    expect(chartsOf(document)).toHaveLength(0);
    expect(textOf(document.querySelector('main'))).toContain('No run finished an epoch');
  });

  it('break the curve at figures that are not finite, and say so in tables', async () => {
    const run = makeRun({}, {epochs: 9, limit: 0.4, imagesPerSecond: 80});
    const broken = {
      ...run,
      epochs: run.epochs.map((metrics) => (metrics.epoch === 5 ? {...metrics, testLoss: NaN, testTop1: NaN} : metrics)),
      final: {top1: NaN, top5: 0.2, loss: Infinity, imagesPerSecond: 80},
    };
    for (const summary of [makeSummary([broken]), JSON.parse(JSON.stringify(makeSummary([broken])))]) {
      // Not by `report`: both have the same JSON.
      const {document} = await render(summary);
      const [loss, top1] = chartsOf(document);
      for (const chart of [loss, top1]) {
        const solid = [...(chart?.querySelectorAll('.mark-line path') ?? [])].find(
          (path) => path.getAttribute('stroke-dasharray') === '1,0',
        );
        expect(solid?.getAttribute('d')?.match(/M/gu)).toHaveLength(2);
        expect(chart?.outerHTML).not.toContain('NaN');
      }
      expect(rowsOf(document, '#results')[0]?.slice(2, 5)).toEqual(['non-finite', '20.00', 'non-finite']);
      expect(textOf(document.querySelector('.lead'))).toContain('ended with a non-finite accuracy');
      expect(rowsOf(document, '.curve-numbers')[4]).toContain('non-finite');
    }
  });

  it('may be none', async () => {
    const {document} = await report(makeSummary([]));
    expect(textOf(document.querySelector('main'))).toContain('stopped before its first run');
  });
});
