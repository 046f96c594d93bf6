// SPDX-License-Identifier: Apache-2.0
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {renderHtmlReport, renderMarkdownTable} from '../src/index.js';
import {makeRun, makeSummary} from './fixtures.js';

const curve = {epochs: 3, limit: 0.4, imagesPerSecond: 80};
const recipe = (name: string, ...changed: string[]) => ({recipe: {name, changed}});

describe('recipes', () => {
  const several = makeSummary([
    makeRun({...recipe('local rate'), operator: 'conv'}, curve),
    makeRun({...recipe('local rate'), operator: 'adder'}, curve),
    // Same operator and seed: not a repetition of the run above.
    makeRun({...recipe('no local rate', 'epochs'), operator: 'adder'}, {...curve, limit: 0.3}),
  ]);

  it('that differ have rows and lines of their own, and are named', async () => {
    const {document} = parseHTML(await renderHtmlReport(several));
    const rows = [...document.querySelectorAll('#results tbody tr:not(.group)')].map(
      (row) => row.querySelector('th[scope="row"]')?.textContent ?? '',
    );
    expect(rows).toEqual(['conv, local rate', 'adder, local rate', 'adder, no local rate']);
    const legend = [...document.querySelectorAll('figure svg')].map((svg) => svg.textContent);
    expect(legend[0]).toContain('adder, no local rate');
    expect(document.querySelector('h1')?.textContent).toBe('conv and adder by 2 recipes on CIFAR-100');
    const meta = document.querySelector('header .meta')?.textContent ?? '';
    expect(meta).toContain('recipes local rate; no local rate with other epochs');
    expect(document.querySelector('#runs')?.textContent).toContain('no local rate');
    const lead = document.querySelector('.lead')?.textContent ?? '';
    expect(lead).toContain('with adder, no local rate reaches');
    expect(lead).toContain('below conv, local rate');
    const markdown = renderMarkdownTable(several);
    expect(markdown).toContain('recipes local rate; no local rate with other epochs');
    expect(markdown).toContain('| adder, no local rate |');
  });

  it('of which there is one stays out of the operators’ names', async () => {
    const {document} = parseHTML(
      await renderHtmlReport(
        makeSummary(['conv', 'adder'].map((operator) => makeRun({...recipe('addernet-cifar'), operator}, curve))),
      ),
    );
    expect(document.querySelector('header .meta')?.textContent).toContain('recipe addernet-cifar');
    expect(document.querySelector('h1')?.textContent).toMatch(/^conv and adder on /);
  });
});
