// SPDX-License-Identifier: Apache-2.0
import type {InferenceSummary} from '@addernet/plugin';
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {renderInferenceMarkdown, renderInferenceReport} from '../src/index.js';
import {measured, one, whole} from './inference-fixtures.js';
import {textOf} from './page.js';

async function render(summary: InferenceSummary) {
  const {document} = parseHTML(await renderInferenceReport(summary));
  return document;
}

/** Of `measured()`, rendered once, unless of another. */
const standard = render(measured());
const page = (summary?: InferenceSummary) => (summary === undefined ? standard : render(summary));

const rowsOf = (document: Awaited<ReturnType<typeof page>>, table: string): string[][] =>
  [...document.querySelectorAll(`${table} tbody tr:not(.group)`)].map((row) => [...row.children].map(textOf));

describe('the HTML report of measured inference', () => {
  it('has times, throughput and ratios of whole models', async () => {
    // The roof: 4·1008 operations of c as convolution at 36 Gop/s, then traffic at 10 GB/s; all well under a microsecond.
    const rows = rowsOf(await page(), '#models').map((row) => row.filter((_cell, index) => index !== 9));
    expect(rows).toEqual([
      ['conv', 'plain', '2.00', '1.80–2.20', '2.00', '2,000', '–', '–', '–', '7'],
      ['adder', 'plain', '1.60', '1.44–1.76', '1.60', '2,500', '0.80 (0.75–0.85)', '0.81', '–', '7'],
      ['conv', 'fused', '1.00', '0.900–1.10', '1.00', '4,000', '–', '–', '0.50 (0.45–0.55)', '7'],
      ['adder', 'fused', '0.900', '0.810–0.990', '0.900', '4,444', '0.90 (0.85–0.95)', '0.91', '0.56 (0.51–0.61)', '7'],
    ]);
  });

  it('gives the least time under the roofs, layer after layer', async () => {
    const [conv] = rowsOf(await page(), '#models');
    // Bound by memory all of them: c (16 + 48)·16 + 27·4 bytes, b and r 96·16 (b with 12·4 of weights), s (96 + 48)·16, at 10 GB/s.
    const bytes = 64 * 16 + 27 * 4 + 96 * 16 + 12 * 4 + 96 * 16 + 144 * 16;
    expect(conv?.[9]).toBe((1000 * (bytes / 10e9)).toPrecision(3));
  });

  it('says in words who is faster', async () => {
    const results = textOf((await page()).querySelector('section[aria-labelledby="results-heading"]'));
    expect(results).toContain(
      'small on wasm, batch 4: against conv, adder takes 0.80 (0.75–0.85) × the time as trained (1.60 ms against 2.00 ms; ' +
        '0.81 × in processor time) and 0.90 (0.85–0.95) × fused (0.900 ms against 1.00 ms; 0.91 × in processor time); ' +
        'fused over as trained: 0.50 × for conv and 0.56 × for adder.',
    );
  });

  it('has every layer with its rate and its share of what the roofs allow', async () => {
    const rows = [...(await page()).querySelectorAll('.layers tbody tr')].map((row) => [...row.children].map(textOf));
    // The first five are of the measured layers: 4·864 operations in 40 µs; intensity 3456/1132; the roof 10 GB/s times that.
    expect(rows.slice(0, 3)).toEqual(
      [
        ['c', 'plain', 'conv', '4×4×3', '0.0400', '0.0360–0.0440', '–', '86.4 Mop/s', '3.05', '0 %'],
        ['c', 'plain', 'adder', '4×4×3', '0.0320', '0.0288–0.0352', '0.80 (0.75–0.85)', '108 Mop/s', '3.05', '0 %'],
        ['b', 'plain', 'batch norm', '4×4×3', '0.0100', '0.00900–0.0110', '–', '38.4 Mop/s', '0.24', '2 %'],
      ].map((row) => row.map((cell) => cell.replace(' %', ' %'))),
    );
  });

  it('sums the layers by kind, for models of which all were measured', async () => {
    // The fused forms' layers are not among the measurements.
    expect(rowsOf(await page(), '#kinds')).toEqual([
      ['conv', 'plain', '0.0400 (67 %)', '0.0100 (17 %)', '0.00500 (8 %)', '0.00500 (8 %)', '0.0600', '2.00'],
      ['adder', 'plain', '0.0320 (62 %)', '0.0100 (19 %)', '0.00500 (10 %)', '0.00500 (10 %)', '0.0520', '1.60'],
    ]);
  });

  it('draws speeds, layers and a roofline with the measured points, and the energy of the counts', async () => {
    const titles = [...(await page()).querySelectorAll('figure svg > title')].map(textOf);
    expect(titles).toEqual([
      'Inference speed, small on wasm',
      'Layer by layer, small on wasm, batch 4',
      'Roofline, small on wasm, batch 4',
      expect.stringContaining('nergy'),
    ]);
    const [, , roofline] = [...(await page()).querySelectorAll('figure svg > desc')].map(textOf);
    expect(roofline).toContain('measured rates of 5 kernels');
  });

  it('is the same again, and has commit and configuration', async () => {
    const text = await renderInferenceReport(measured());
    expect(await renderInferenceReport(measured())).toBe(text);
    expect(text).toContain('0123456789abcdef');
    expect(textOf((await page()).querySelector('#config'))).toBe('{ "rounds": 7 }');
  });

  it('says what is missing where nothing or little was measured', async () => {
    const nothing = await page(
      measured({
        status: 'interrupted',
        machines: [],
        modelMeasurements: [],
        layerMeasurements: [],
        notes: ['Interrupted.'],
      }),
    );
    expect(textOf(nothing.querySelector('h1'))).toBe('Inference: nothing measured');
    expect(textOf(nothing.querySelector('.meta'))).toContain('interrupted');
    expect(textOf(nothing.querySelector('main'))).toContain('stopped before its first comparison');
    const plain = await page(
      measured({machines: [], modelMeasurements: [whole('conv', 'plain', 2)], layerMeasurements: []}),
    );
    expect(rowsOf(plain, '#models')).toEqual([
      ['conv', 'plain', '2.00', '1.80–2.20', '2.00', '2,000', '–', '–', '–', '–', '7'],
    ]);
    expect(textOf(plain.querySelector('main'))).toContain('small on wasm, batch 4: conv takes 2.00 ms as trained.');
    expect(plain.querySelector('#layers-heading')).toBeNull();
  });

  it('shows names as they are', async () => {
    const hostile = '<script>alert(1)</script>';
    const document = await page(
      measured({
        name: hostile,
        layerMeasurements: [one([hostile], 40, {kind: 'operator', form: 'plain', operator: 'conv'})],
      }),
    );
    expect(document.querySelector('script')).toBeNull();
    expect([...document.querySelectorAll('.layers th[scope=row]')].map(textOf)).toContain(hostile);
  });
});

describe('the Markdown of measured inference', () => {
  it('has the same figures, the roofs, commit and configuration', () => {
    const text = renderInferenceMarkdown(measured()).replaceAll('\u00a0', ' ').replaceAll(/ +/g, ' ');
    expect(text).toContain('# Inference with conv and adder: small on wasm\n');
    expect(text).toContain(
      '| small | wasm | adder | fused | 4 | 0.900 | 0.810–0.990 | 0.900 | 4,444 | 0.90 (0.85–0.95) | 0.91 |',
    );
    expect(text).toContain(
      '| c | plain | adder | 4×4×3 | 0.0320 | 0.0288–0.0352 | 0.80 (0.75–0.85) | 0.81 | 108 Mop/s | 0 % |',
    );
    expect(text).toContain('Roofs of the wasm backend: 36.0 Gop/s for conv');
    expect(text).toContain('0123456789abcdef');
    expect(text).toContain('"rounds": 7');
  });
});
