// SPDX-License-Identifier: Apache-2.0
import {DOMParser} from '@xmldom/xmldom';
import {describe, expect, it} from 'vitest';
import {renderHtmlReport} from '../src/index.js';
import {named, seededOnPartialData} from './fixtures.js';
import {report, textOf, chartsOf, subtitleOf, everything} from './page.js';

describe('every report', () => {
  it.each(Object.entries(everything))('loads nothing and runs nothing: %s', async (_, make) => {
    const {text, document} = await report(make());
    expect([...document.querySelectorAll('script, link, iframe, object, embed, img, image, use, base, form')]).toEqual(
      [],
    );
    expect(text).not.toMatch(/\b(?:src|href|xlink:href|action|on\w+)\s*=|url\(|@import/u);
    const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
    expect(policy?.getAttribute('content')).toContain("default-src 'none'");
  });

  it.each(Object.entries(everything))('has charts that are well-formed XML by themselves: %s', async (_, make) => {
    const {text} = await report(make());
    for (const [svg] of text.matchAll(/<svg .*?<\/svg>/gsu)) {
      // Throws where it is not.
      const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
      expect(root?.localName).toBe('svg');
    }
  });

  it.each(Object.entries(everything))('is the same for the same summary: %s', async (_, make) => {
    const {text} = await report(make());
    expect(await renderHtmlReport(JSON.parse(JSON.stringify(make())))).toBe(text);
  });

  it.each(Object.entries(everything))('has unique ids, named regions and labelled tables: %s', async (_, make) => {
    const {document} = await report(make());
    const ids = [...document.querySelectorAll('[id]')].map(({id}) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.documentElement.getAttribute('lang')).toBe('en');
    for (const section of document.querySelectorAll('[aria-labelledby]')) {
      for (const id of section.getAttribute('aria-labelledby')?.split(' ') ?? []) {
        expect(ids).toContain(id);
      }
    }
    for (const table of document.querySelectorAll('table')) {
      expect(textOf(table.querySelector('caption'))).not.toBe('');
    }
    for (const head of document.querySelectorAll('th')) {
      expect(['col', 'row', 'rowgroup']).toContain(head.getAttribute('scope'));
    }
  });

  it('keeps columns under their heads', async () => {
    const {document} = await report(seededOnPartialData());
    for (const table of document.querySelectorAll('#results, #runs, .curve-numbers')) {
      const columns = table.querySelectorAll('thead th').length;
      let spanned = 0;
      for (const row of table.querySelectorAll('tbody tr')) {
        const own = [...row.children].reduce((sum, cell) => sum + Number(cell.getAttribute('colspan') ?? 1), 0);
        const starts = [...row.children].some((cell) => cell.getAttribute('rowspan') !== null);
        spanned = starts ? Number(row.querySelector('[rowspan]')?.getAttribute('rowspan')) : spanned;
        expect(own + (!starts && spanned > 0 ? 1 : 0)).toBe(columns);
        spanned = Math.max(0, spanned - 1);
      }
    }
  });
});

describe('hostile and awkward names', () => {
  const hostile = [
    '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    '</style></title></svg></pre><script>alert(1)</script>',
    "&lt;b&gt; ' ${1} `x` {{y}} datum.value",
    '<!-- -- > ]]> <?php',
  ];

  it.each(hostile)('are shown as they are: %s', async (name) => {
    const summary = named(name);
    const {document} = await report(summary);
    expect([...document.querySelectorAll('script, img, b, style ~ style')]).toEqual([]);
    const attributes = [...document.querySelectorAll('*')].flatMap(({attributes: own}) =>
      [...own].map((each) => each.name),
    );
    expect(attributes.filter((attribute) => attribute.startsWith('on'))).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toContain(name);
    expect(document.querySelector('dd pre')?.textContent).toBe(name);
    expect(JSON.parse(document.querySelector('#config')?.textContent ?? '')).toEqual({[name]: name});
    expect(document.querySelector('#figure-1-description')?.textContent).toContain(name);
    expect(textOf(document.querySelector('#results tbody th small'))).toBe(textOf({textContent: name}));
    expect(chartsOf(document)).toHaveLength(5);
  });

  it('are not cut off in the subtitles of charts', async () => {
    const name = `${'long-name-'.repeat(30)} with words`;
    const {document} = await report(named(name));
    for (const chart of chartsOf(document)) {
      const subtitle = subtitleOf(chart).replace(/\s/gu, '');
      expect(subtitle).toContain(`${name}[syntheticdata]`.replace(/\s/gu, ''));
    }
  });
});
