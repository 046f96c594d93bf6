// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {makeRun, makeSummary, manyOperators, seededOnPartialData, twins} from './fixtures.js';
import {report, textOf, rowsOf, chartsOf, subtitleOf} from './page.js';

describe('a comparison on official data', () => {
  it('states the comparison in words and numbers', async () => {
    const {document} = await report(
      makeSummary([
        makeRun({
          final: {top1: 0.6512, top5: 0.88, loss: 1.5, imagesPerSecond: 80},
        }),
        makeRun({
          operator: 'adder',
          final: {top1: 0.6301, top5: 0.87, loss: 1.6, imagesPerSecond: 60},
        }),
      ]),
    );
    const lead = textOf(document.querySelector('.lead'));
    // √(0.6512·0.3488/10000 + 0.6301·0.3699/10000) = 0.0068
    expect(lead).toContain('resnet20 with adder reaches 63.01 % top-1 after 10 epochs');
    expect(lead).toContain('2.11 ± 0.68 percentage points below conv (65.12 %)');
    expect(lead).toContain('trains at 0.75 × its images/s (60.0 against 80.0)');
    expect(lead).toContain('from the number of test images alone');
    expect(textOf(document.querySelector('h1'))).toBe('conv and adder on CIFAR-100');
    expect(textOf(document.querySelector('title'))).toContain('conv and adder on CIFAR-100');
    expect(document.querySelector('.data, .mark')).toBeNull();
  });

  it('compares with conv, in whichever order the runs come', async () => {
    const {document} = await report({...twins(), runs: twins().runs.toReversed()});
    expect(textOf(document.querySelector('.lead'))).toMatch(/with adder reaches .* below conv/u);
  });

  it('claims no side for a difference that rounds to nothing', async () => {
    const final = {top1: 0.5, top5: 0.8, loss: 2, imagesPerSecond: 70};
    const {document} = await report(makeSummary([makeRun({final}), makeRun({operator: 'adder', final})]));
    expect(textOf(document.querySelector('.lead'))).toContain('0.00 ± 0.71 percentage points from conv (50.00 %)');
  });

  it('has a row for each operator with all figures', async () => {
    const {document} = await report(twins());
    const heads = [...document.querySelectorAll('#results thead th')].map(textOf);
    const rows = rowsOf(document, '#results');
    const {runs} = twins();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toHaveLength(heads.length);
    expect(rows[1]).toHaveLength(heads.length - 1);
    const final = runs[1]?.final ?? expect.fail('the fixture has a final figure');
    expect(rows[1]).toEqual([
      'adder',
      (final.top1 * 100).toFixed(2),
      (final.top5 * 100).toFixed(2),
      final.loss.toFixed(3),
      final.imagesPerSecond.toFixed(1),
      '278,324',
      '0.449 M',
      '81.2 M',
      '10',
      '1',
      'finished',
    ]);
  });

  it('has charts of loss and accuracy by epoch and over time and one of speed, each a valid svg with title and description', async () => {
    const {document} = await report(twins());
    const charts = chartsOf(document);
    expect(charts).toHaveLength(5);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.getAttribute('viewBox')).toMatch(/^0 0 [\d.]+ [\d.]+$/u);
      const [title, description] = (chart.getAttribute('aria-labelledby') ?? '').split(' ');
      expect(textOf(document.getElementById(title ?? ''))).toContain('CIFAR-100');
      expect(textOf(document.getElementById(description ?? ''))).toContain('resnet20');
      expect(chart.outerHTML).not.toMatch(/NaN|undefined|Infinity/u);
      expect(chart.querySelectorAll('.role-mark path').length).toBeGreaterThan(1);
    }
  });

  it('draws test solid and train dashed, in one colour for each operator', async () => {
    const {document} = await report(twins());
    const [loss, top1] = chartsOf(document);
    for (const chart of [loss, top1]) {
      const lines = [...(chart?.querySelectorAll('.mark-line path') ?? [])].map((path) => [
        path.getAttribute('stroke'),
        path.getAttribute('stroke-dasharray'),
      ]);
      expect(lines).toHaveLength(4);
      expect(lines).toEqual(
        expect.arrayContaining([
          ['#0072b2', '1,0'],
          ['#0072b2', '5,3'],
          ['#d55e00', '1,0'],
          ['#d55e00', '5,3'],
        ]),
      );
    }
  });

  it('maps every colour in the charts to one for dark screens', async () => {
    for (const summary of [twins(), manyOperators(), seededOnPartialData()]) {
      const {document} = await report(summary);
      const style = textOf(document.querySelector('style'));
      const dark = style.slice(style.indexOf('prefers-color-scheme'), style.indexOf('@media print'));
      const used = new Set(
        [...document.querySelectorAll('svg [fill], svg [stroke]')].flatMap((element) =>
          ['fill', 'stroke'].flatMap((name) => {
            const value = element.getAttribute(name);
            return value === null ? [] : [`${name}="${value}"`];
          }),
        ),
      );
      const colored = [...used].filter((attribute) => !/"(?:none|transparent)"/u.test(attribute));
      expect(colored.length).toBeGreaterThan(3);
      for (const attribute of colored) {
        expect(dark).toContain(`.chart [${attribute}]`);
      }
    }
  });

  it('draws the level of chance where the number of classes is known', async () => {
    const known = await report(twins());
    expect(textOf(chartsOf(known.document)[1] ?? null)).toContain('chance 1.0 %');
    expect(textOf(known.document.querySelector('#results'))).toContain('chance top-1 1.0 %');
    const {numClasses: _, ...unknown} = makeRun({}, {epochs: 3, limit: 0.4, imagesPerSecond: 80});
    expect((await report(makeSummary([unknown]))).text).not.toContain('chance');
  });

  it('says how large a subset was used', async () => {
    const {document} = await report(
      makeSummary([makeRun({trainImages: 5000}, {epochs: 3, limit: 0.4, imagesPerSecond: 80})]),
    );
    expect(textOf(document.querySelector('.lead'))).toContain('5,000 of 50,000 training images, 10,000 test images');
    for (const chart of chartsOf(document)) {
      expect(subtitleOf(chart)).toContain('5,000 of 50,000 training images');
    }
  });

  it('shows configuration, environment and notes', async () => {
    const summary = makeSummary(twins().runs, {notes: ['Only the cpu backend is there.']});
    const {document} = await report(summary);
    expect(JSON.parse(document.querySelector('#config')?.textContent ?? '')).toEqual(summary.config);
    expect(rowsOf(document, '#environment')).toEqual(Object.entries(summary.environment));
    expect(textOf(document.querySelector('main section'))).toContain('Only the cpu backend is there.');
  });
});
