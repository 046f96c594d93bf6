// SPDX-License-Identifier: Apache-2.0
import type {GradientsRecord, LayerRecord, RunRecords, WeightsRecord} from '@addernet/plugin';
import {decode} from 'fast-png';
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {filterImage} from '../src/filter-image.js';
import {renderHtmlReport} from '../src/index.js';
import {makeRun, makeSummary} from './fixtures.js';
import {textOf} from './page.js';

const CURVE = {epochs: 2, limit: 0.4, imagesPerSecond: 80};
const SHAPE = [3, 3, 3, 2];

function gradients(operator: string, step: number, norm: number, adaptedNorm: number): GradientsRecord {
  const layer = (name: string, own: string) => ({layer: name, operator: own, shape: SHAPE, norm, adaptedNorm});
  return {kind: 'gradients', epoch: 1, step, layers: [layer('stem', 'conv'), layer('body', operator)]};
}

function weights(operator: string, laplaceGain: number): WeightsRecord {
  const summary = {count: 54, nonFinite: 0, mean: 0, standardDeviation: 1, minimum: -3, maximum: 3};
  const layer = {
    layer: 'body',
    operator,
    shape: SHAPE,
    summary: {
      ...summary,
      gaussian: {mean: 0, standardDeviation: 1, logLikelihood: -1.4},
      laplace: {median: 0, scale: 0.7, logLikelihood: -1.4 + laplaceGain},
    },
    histogram: {minimum: -3, maximum: 3, counts: [1, 10, 40, 3]},
  };
  return {kind: 'weights', epoch: 2, step: 20, layers: [layer]};
}

const VALUES = Array.from({length: 54}, (_, index) => (index - 27) / 27);

function recorded(): ReadonlyMap<string, RunRecords> {
  const filters: LayerRecord = {
    kind: 'filters',
    epoch: 2,
    step: 20,
    filters: {layer: 'stem', operator: 'conv', shape: SHAPE, values: VALUES},
  };
  return new Map<string, RunRecords>([
    [
      makeRun({}).id,
      {
        layers: [
          gradients('conv', 1, 2, 2),
          gradients('conv', 2, 8, 8),
          gradients('conv', 20, 1, 1),
          weights('conv', -0.05),
          filters,
        ],
      },
    ],
    [
      makeRun({operator: 'adder'}).id,
      {
        layers: [
          gradients('adder', 1, 0.1, 6),
          gradients('adder', 2, 0.4, 6),
          gradients('adder', 20, 0.1, 6),
          weights('adder', 0.03),
          filters,
        ],
      },
    ],
  ]);
}

describe('layers in the HTML report', () => {
  const page = (async () => {
    const runs = [makeRun({}, CURVE), makeRun({operator: 'adder'}, CURVE)];
    const text = await renderHtmlReport(makeSummary(runs), recorded());
    return parseHTML(text).document;
  })();
  const section = async () => (await page).querySelector('section[aria-labelledby="layers-heading"]');

  it('say how gradients compare when training begins, before and behind the local learning rate', async () => {
    // Geometric means over steps 1 and 2: conv 4 and 4, adder 0.2 and 6.
    expect(textOf(await section())).toContain(
      'The gradients of adder’s adder layers (1) are 0.0500 times as long as those of conv in the same places, behind the local learning rate 1.50 times',
    );
    const rows = [...((await section())?.querySelectorAll('table')[0]?.querySelectorAll('tbody tr') ?? [])];
    expect(rows.map((row) => [...row.children].map(textOf))).toEqual([
      ['conv', 'stem', 'conv', '3×3×3×2', '4.00', '4.00', '1.00', '1.00'],
      ['conv', 'body', 'conv', '3×3×3×2', '4.00', '4.00', '1.00', '1.00'],
      ['adder', 'stem', 'conv', '3×3×3×2', '0.200', '6.00', '0.100', '6.00'],
      ['adder', 'body', 'adder', '3×3×3×2', '0.200', '6.00', '0.100', '6.00'],
    ]);
  });

  it('draw norms, and weights with the better of both fits', async () => {
    const charts = [...((await section())?.querySelectorAll('figure svg') ?? [])];
    expect(charts.map((chart) => textOf(chart.querySelector('title')))).toEqual([
      'Gradient norms',
      'Gradient norms, adapted',
      'Weights, conv',
      'Weights, adder',
    ]);
    for (const chart of charts) expect(chart.outerHTML).not.toMatch(/NaN|undefined|Infinity/u);
    const text = textOf(await section());
    expect(text).toContain(
      'conv: the Laplace distribution has the higher likelihood in 0 of 1 conv layers, the Gaussian in 1.',
    );
    expect(text).toContain(
      'adder: the Laplace distribution has the higher likelihood in 1 of 1 adder layers, the Gaussian in 0.',
    );
    expect(textOf(charts[3]?.querySelector('desc') ?? null)).toContain('body: Laplace by 0.03 nats');
    expect(charts[3]?.querySelectorAll('.mark-line path').length).toBe(2);
  });

  it('show the first filters', async () => {
    const images = [...((await section())?.querySelectorAll('img') ?? [])];
    expect(images.map((image) => image.getAttribute('alt'))).toEqual([
      '2 filters of the layer stem of conv',
      '2 filters of the layer stem of adder',
    ]);
    const png = decode(Buffer.from((images[0]?.getAttribute('src') ?? '').split(',')[1] ?? '', 'base64'));
    expect(png).toMatchObject({width: 7, height: 3, channels: 4});
  });

  it('are left out where nothing was recorded', async () => {
    expect(await renderHtmlReport(makeSummary([makeRun({}, CURVE)]))).not.toContain('layers-heading');
  });
});

describe('filterImage', () => {
  const record = (shape: readonly number[], values: readonly (number | null)[]) =>
    ({kind: 'filters', epoch: 1, step: 1, filters: {layer: 'stem', shape, values}}) as const;

  it('has zero in grey, one scale for all filters, and nothing between them', () => {
    // Two filters of one pixel and three channels: (1, 0, −1) and (0.5, 0, null).
    const image = filterImage(record([1, 1, 3, 2], [1, 0.5, 0, 0, -1, null]));
    expect(image).toMatchObject({width: 3, height: 1, extreme: 1, filters: 2});
    expect([...(image?.data ?? [])]).toEqual([255, 128, 0, 255, 0, 0, 0, 0, 191, 128, 128, 255]);
  });

  it('is grey for other numbers of channels, by their mean', () => {
    const image = filterImage(record([1, 1, 2, 1], [1, 0]));
    expect([...(image?.data ?? [])]).toEqual([255, 255, 255, 255]);
    expect(image?.extreme).toBe(0.5);
  });

  it('is none of a matrix', () => {
    expect(filterImage(record([4, 2], VALUES.slice(0, 8)))).toBeUndefined();
  });
});
