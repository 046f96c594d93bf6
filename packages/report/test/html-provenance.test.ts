// SPDX-License-Identifier: Apache-2.0
import {describe, expect, it} from 'vitest';
import {CIFAR10, STAND_IN, makeRun, makeSummary, seededOnPartialData, syntheticTwins} from './fixtures.js';
import {report, textOf, chartsOf, subtitleOf} from './page.js';

describe('data that is not official', () => {
  it('is marked in title, tables and every chart when synthetic', async () => {
    const {document} = await report(syntheticTwins());
    const label = 'synthetic stand-in for CIFAR-100';
    expect(textOf(document.querySelector('title'))).toContain(label);
    expect(textOf(document.querySelector('h1'))).toBe(`conv and adder on ${label}`);
    expect(textOf(document.querySelector('.data'))).toContain('Synthetic data');
    for (const table of ['#results', '#runs']) {
      expect(textOf(document.querySelector(`${table} .group`))).toContain(label);
      expect(textOf(document.querySelector(`${table} .group .mark`))).toBe('synthetic data');
    }
    const charts = chartsOf(document);
    expect(charts).toHaveLength(5);
    for (const chart of charts) {
      expect(subtitleOf(chart)).toContain(label);
    }
  });

  it('is never called by the dataset alone', async () => {
    const {document} = await report(makeSummary(syntheticTwins().runs, {name: 'quick', config: {}}));
    for (const part of document.querySelectorAll('h1, title, h3, caption, figcaption, desc, .group, text')) {
      expect(textOf(part).replaceAll('synthetic stand-in for CIFAR-100', '')).not.toContain('CIFAR');
    }
  });

  it('is marked where the label of a plugin does not say so', async () => {
    const data = {kind: 'synthetic', label: 'CIFAR-100'} as const;
    const {document} = await report(
      makeSummary([makeRun({trainData: data, testData: data}, {epochs: 3, limit: 0.4, imagesPerSecond: 80})]),
    );
    expect(textOf(document.querySelector('h1'))).toBe('conv on CIFAR-100 [synthetic data]');
    for (const chart of chartsOf(document)) {
      expect(subtitleOf(chart)).toContain('CIFAR-100 [synthetic data]');
    }
  });

  it('is marked on the split that it is of', async () => {
    const {document} = await report(seededOnPartialData());
    const label = 'CIFAR-10 (10,000 of 50,000) [partial data] for training, CIFAR-10 for test';
    expect(textOf(document.querySelector('h1'))).toBe(`conv and adder on ${label}`);
    expect(textOf(document.querySelector('#results .group'))).toContain(
      'CIFAR-10 (10,000 of 50,000) partial data for training, CIFAR-10 for test',
    );
    const charts = chartsOf(document);
    expect(charts).toHaveLength(9);
    for (const chart of charts) {
      expect(subtitleOf(chart)).toContain(label);
    }
  });

  it('stays apart from official data in tables and charts', async () => {
    const curve = {epochs: 3, limit: 0.4, imagesPerSecond: 80};
    const {document} = await report(
      makeSummary([
        makeRun({id: 'a'}, curve),
        makeRun({id: 'b', trainData: STAND_IN, testData: STAND_IN}, curve),
        makeRun({id: 'c', dataset: 'cifar10', trainData: CIFAR10, testData: CIFAR10}, curve),
      ]),
    );
    expect([...document.querySelectorAll('#results .group .mark')]).toHaveLength(1);
    expect([...document.querySelectorAll('#results .group')]).toHaveLength(3);
    const subtitles = chartsOf(document).map((chart) => subtitleOf(chart));
    expect(subtitles).toHaveLength(15);
    expect(subtitles.filter((subtitle) => subtitle.includes('synthetic'))).toHaveLength(5);
  });
});
