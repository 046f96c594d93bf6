// SPDX-License-Identifier: Apache-2.0
import {DOMParser} from '@xmldom/xmldom';
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {renderHtmlReport} from '../src/index.js';
import {withCosts} from './costs-fixtures.js';
import {
  CIFAR10,
  STAND_IN,
  makeRun,
  makeSummary,
  manyOperators,
  named,
  nothingFinished,
  oneEpoch,
  seededOnPartialData,
  syntheticTwins,
  twins,
} from './fixtures.js';
import type {ExperimentSummary} from '@addernet/plugin';

async function render(summary: ExperimentSummary) {
  const text = await renderHtmlReport(summary);
  const {document} = parseHTML(text);
  return {text, document};
}

const rendered = new Map<string, ReturnType<typeof render>>();

/** Rendered once for each summary. */
function report(summary: ExperimentSummary): ReturnType<typeof render> {
  const key = JSON.stringify(summary);
  const page = rendered.get(key) ?? render(summary);
  rendered.set(key, page);
  return page;
}

type Page = Awaited<ReturnType<typeof report>>['document'];

function textOf(element: {textContent: string | null} | null): string {
  return (element?.textContent ?? '').replace(/\s+/gu, ' ').trim();
}

/** Rows of figures as lists of cell texts; cells that span rows are in the first one only. */
function rowsOf(document: Page, table: string): string[][] {
  return [...document.querySelectorAll(`${table} tbody tr:not(.group)`)].map((row) => [...row.children].map(textOf));
}

function chartsOf(document: Page) {
  return [...document.querySelectorAll('figure svg')];
}

/** What stands under a chart's title, its lines joined. */
function subtitleOf(chart: ReturnType<typeof chartsOf>[number]): string {
  const lines = [...chart.querySelectorAll('.role-title-subtitle text')].flatMap((text) => {
    const spans = [...text.querySelectorAll('tspan')];
    return (spans.length > 0 ? spans : [text]).map(textOf);
  });
  return lines.join(' ');
}

const everything: Record<string, () => ExperimentSummary> = {
  twins,
  withCosts,
  syntheticTwins,
  seededOnPartialData,
  manyOperators,
  oneEpoch,
  nothingFinished,
  'no runs': () => makeSummary([]),
};

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

  it('has a loss, an accuracy and a speed chart, each a valid svg with title and description', async () => {
    const {document} = await report(twins());
    const charts = chartsOf(document);
    expect(charts).toHaveLength(3);
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
    expect(charts).toHaveLength(3);
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
    expect(charts).toHaveLength(5);
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
    expect(subtitles).toHaveLength(9);
    expect(subtitles.filter((subtitle) => subtitle.includes('synthetic'))).toHaveLength(3);
  });
});

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

  it('are thin lines beside their mean', async () => {
    const {document} = await report(seededOnPartialData());
    const [loss] = chartsOf(document);
    const widths = [...(loss?.querySelectorAll('.mark-line path') ?? [])].map((path) =>
      path.getAttribute('stroke-width'),
    );
    expect(widths.filter((width) => width === '1')).toHaveLength(12);
    expect(widths.filter((width) => width === '2')).toHaveLength(4);
  });

  it('are not averaged when a seed repeats: such runs differ in something else', async () => {
    const final = {top1: 0.5, top5: 0.8, loss: 2, imagesPerSecond: 70};
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

  it('have symbols where there is a single epoch, and no line could be seen', async () => {
    const {document} = await report(oneEpoch());
    for (const chart of chartsOf(document).slice(0, 2)) {
      expect([...chart.querySelectorAll('.mark-symbol.role-mark path')]).toHaveLength(4);
      expect(subtitleOf(chart)).toContain('filled symbols: test, hollow: train');
    }
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
    expect(chartsOf(document)).toHaveLength(3);
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
