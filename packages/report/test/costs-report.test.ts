// SPDX-License-Identifier: Apache-2.0
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {renderHtmlReport, renderMarkdownTable} from '../src/index.js';
import {costsOf, layer, smallCosts, withCosts} from './costs-fixtures.js';
import {makeRun, makeSummary, twins} from './fixtures.js';

const textOf = (element: {textContent: string | null} | null): string =>
  (element?.textContent ?? '').replace(/\s+/gu, ' ').trim();

async function page(summary = withCosts()) {
  const {document} = parseHTML(await renderHtmlReport(summary));
  return document;
}

describe('costs in the HTML report', () => {
  it('has a row for each operator and form, with figures as done by hand', async () => {
    const document = await page();
    const rows = [...document.querySelectorAll('#costs tbody tr')].map((row) => [...row.children].map(textOf));
    // 432 taps, 48 elements; (208 + 192)·4 bytes of activations, 39·4 of weights; fused (16 + 48 + 96 + 48)·4 and (27 + 6)·4.
    expect(rows).toEqual([
      [
        'resnet20',
        'conv',
        'plain',
        '480',
        '576',
        '33',
        '156 B',
        '1.60 kB',
        '0.6',
        '0.7',
        '2.29 nJ',
        '24.2 nJ',
        '288 nJ',
      ],
      ['fused', '480', '576', '33', '132 B', '832 B', '1.1', '1.3', '2.29 nJ', '14.3 nJ', '159 nJ'],
      ['adder', 'plain', '48', '1.01 k', '33', '156 B', '1.60 kB', '0.6', '0.7', '1.08 nJ', '23.0 nJ', '286 nJ'],
      ['fused', '48', '1.01 k', '33', '132 B', '832 B', '1.1', '1.3', '1.08 nJ', '13.1 nJ', '158 nJ'],
    ]);
  });

  it('says in words what memory does to the adder’s advantage', async () => {
    const section = textOf((await page()).querySelector('section[aria-labelledby="costs-heading"]'));
    // 1.08/2.29, 23.0/24.2, 286/288.
    expect(section).toContain('takes 1.08 nJ as adder against 2.29 nJ as conv (0.47 ×)');
    expect(section).toContain(
      '0.95 × with everything moved through 1 MB SRAM and 1.00 × with everything moved through DRAM',
    );
    expect(section).toContain('The papers on adder networks compare arithmetic alone');
  });

  it('shows every layer, those of unknown classes without operations', async () => {
    const odd = layer({layer: 'odd', counted: false, inputElements: 4, outputElements: 4});
    const costs = costsOf([...smallCosts('conv').layers, odd]);
    const document = await page(makeSummary([makeRun({costs})]));
    const rows = [...document.querySelectorAll('.layers tbody tr')].map((row) => [...row.children].map(textOf));
    expect(rows.map(([name]) => name)).toEqual(['c', 'b', 'r', 's', 'odd']);
    expect(rows[0]?.slice(1)).toEqual([
      'conv',
      '4×4×3',
      '432',
      '432',
      '27',
      '108 B',
      '64.0 B',
      '192 B',
      '2.37',
      '3.36',
      '1.99 nJ',
      '59.1 nJ',
    ]);
    expect(rows[4]?.slice(3, 5)).toEqual(['–', '–']);
    expect(textOf(document.querySelector('section[aria-labelledby="costs-heading"] ul'))).toContain(
      'operations of odd are not known and missing from the sums',
    );
  });

  it('draws rooflines where the machine is known, the energies in any case', async () => {
    const titles = async (summary: Parameters<typeof page>[0]) =>
      [...(await page(summary)).querySelectorAll('figure svg title')].map(textOf);
    expect(await titles(withCosts())).toEqual(
      expect.arrayContaining([
        'Roofline, resnet20, batch 1',
        'Roofline, resnet20, batch 128',
        'Energy of one image, resnet20',
      ]),
    );
    const {machine: _machine, ...unmeasured} = withCosts();
    const without = await titles(unmeasured);
    expect(without.some((title) => title.startsWith('Roofline'))).toBe(false);
    expect(without).toContain('Energy of one image, resnet20');
    const document = await page();
    expect(textOf(document.querySelector('figure svg[aria-labelledby^="figure-6-"] desc'))).toContain(
      'under peaks of conv 36.0 Gop/s and adder 30.0 Gop/s and a bandwidth of 10.0 GB/s',
    );
  });

  it('leaves the section out where nothing was counted, and numbers tables without gaps', async () => {
    const without = await page(twins());
    expect(without.querySelector('#costs')).toBeNull();
    expect(textOf(without.querySelector('#runs caption'))).toMatch(/^Table 2\./);
    const document = await page();
    expect(textOf(document.querySelector('#costs caption'))).toMatch(/^Table 2\./);
    expect(textOf(document.querySelector('#runs caption'))).toMatch(/^Table 3\./);
  });

  it('counts models once, whatever the seeds, and again for other sizes', async () => {
    const costs = smallCosts('conv');
    const other = costsOf(costs.layers.map((entry) => ({...entry, outputElements: 2 * entry.outputElements})));
    const runs = [
      makeRun({seed: 1, costs}),
      makeRun({seed: 2, costs}),
      makeRun({seed: 1, dataset: 'cifar10', costs: other}),
    ];
    const document = await page(makeSummary(runs));
    expect(document.querySelectorAll('#costs tbody')).toHaveLength(2);
  });
});

describe('costs in the Markdown report', () => {
  it('has the same table, method and roofs', () => {
    const text = renderMarkdownTable(withCosts());
    expect(text).toMatch(/\| resnet20 +\| adder +\| fused +\| +48 \| +1\.01\sk \|/u);
    expect(text).toMatch(/Roofs of the wasm backend: 36\.0\sGop\/s for conv \(ridge at 3\.6 op\/B\)/u);
    expect(text).toContain('100 pJ for 64 bits of a 1 MB cache');
    expect(renderMarkdownTable(twins())).not.toContain('memory and energy');
  });
});
