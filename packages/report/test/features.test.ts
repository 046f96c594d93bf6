// SPDX-License-Identifier: Apache-2.0
import type {FeatureMap, RunSummary} from '@addernet/plugin';
import {DOMParser} from '@xmldom/xmldom';
import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {BACKGROUND, CLASS_COLORS} from '../src/palette.js';
import {featuresReporter, renderFeatures, renderHtmlReport, renderMarkdownTable} from '../src/index.js';
import {makeRun, makeSummary, STAND_IN, twins} from './fixtures.js';

const CLASSES = ['zero', 'one', 'two'];

/** Twelve points to a class on a circle about its centre, and one that is not finite. */
function map(options: Partial<FeatureMap> = {}): FeatureMap {
  const {classNames = CLASSES} = options;
  const centers = classNames.map((_, index) => [10 * index, 5] as const);
  return {
    layer: 'logits',
    dimensions: 2,
    method: 'plain',
    classNames,
    points: centers.flatMap(([x, y], label) =>
      Array.from({length: 13}, (_, index): readonly [number, number, number] =>
        index === 12 ? [NaN, 1, label] : [x + Math.cos(index), y + Math.sin(index), label],
      ),
    ),
    ...options,
  };
}

const centers = {
  kind: 'centers',
  values: [
    [0, 5],
    [10, 5],
    [20, 5],
  ],
} as const satisfies FeatureMap['filters'];

const curve = {epochs: 2, limit: 0.9, imagesPerSecond: 100};
const conv = (features: FeatureMap): RunSummary => makeRun({architecture: 'lenet++', features}, curve);
const adder = (features: FeatureMap): RunSummary =>
  makeRun({architecture: 'lenet++', operator: 'adder', features}, curve);

const two = makeSummary([
  conv(map({filters: {...centers, kind: 'directions'}})),
  adder(map({filters: centers})),
  makeRun({operator: 'shift'}, curve),
]);

const documentOf = async (summary = two) => parseHTML(await renderHtmlReport(summary)).document;
const count = (text: string | undefined, what: RegExp): number => text?.match(what)?.length ?? 0;
/** Marks of points in a colour, those of legends left out. */
const pointsIn = (svg: Element | undefined, color: string): number =>
  [...(svg?.querySelectorAll('.mark-symbol.role-mark path') ?? [])].filter(
    (path) => path.getAttribute('fill') === color,
  ).length;

describe('features in the report', () => {
  it('are one picture for each run that has them, with every finite point in its class’s colour and a legend of classes', async () => {
    const document = await documentOf();
    const section = document.querySelector('section[aria-labelledby="features-heading"]');
    const charts = [...(section?.querySelectorAll('svg') ?? [])];
    expect(charts).toHaveLength(2);
    for (const [index, chart] of charts.entries()) {
      // The rings of centres are points, too.
      for (const color of CLASS_COLORS.slice(0, 3)) expect(pointsIn(chart, color)).toBe(index === 0 ? 12 : 13);
      const legend = [...chart.querySelectorAll('.role-legend-label text')].map(({textContent}) => textContent);
      expect(legend).toEqual(CLASSES);
    }
    const captions = [...(section?.querySelectorAll('figcaption') ?? [])].map(({textContent}) => textContent);
    expect(captions[0]).toContain('lenet++ with conv (seed 1, ');
    expect(captions[0]).toContain('36 test images of CIFAR-100.');
    expect(captions[0]).toContain('Rays: the directions');
    expect(captions[1]).toContain('nearest in ℓ1 distance');
    expect(charts[0]?.querySelectorAll('.mark-rule.role-mark line')).toHaveLength(3);
    expect(charts[1]?.querySelectorAll('.mark-rule.role-mark line')).toHaveLength(0);
  });

  it('say that they are UMAP’s, of a subset of many classes, and of a stand-in', async () => {
    const many = Array.from({length: 100}, (_, index) => `class ${index}`);
    const run = adder(map({classNames: many, method: 'umap', dimensions: 64}));
    const document = await documentOf(makeSummary([{...run, testData: STAND_IN, trainData: STAND_IN}]));
    const figure = document.querySelector('section[aria-labelledby="features-heading"] figure');
    const caption = figure?.querySelector('figcaption')?.textContent;
    expect(caption).toContain('64 numbers each, embedded by UMAP');
    expect(caption).toContain('Of 100 classes 10 are drawn.');
    expect(caption).toContain('120 test images of synthetic stand-in for CIFAR-100');
    expect(figure?.textContent).toContain('64 features, embedded by UMAP');
    expect(figure?.querySelectorAll('.role-legend-label text')).toHaveLength(10);
  });

  it('are left out where there are none, or none is finite', async () => {
    const nothing = adder(map({points: [[NaN, NaN, 0]]}));
    for (const summary of [twins(), makeSummary([nothing])]) {
      expect((await documentOf(summary)).querySelector('#features-heading')).toBeNull();
      expect(await renderFeatures(summary)).toBeUndefined();
      expect(renderMarkdownTable(summary)).not.toContain('Features');
    }
  });

  it('are one SVG document beside the Markdown, which shows it', async () => {
    const svg = await renderFeatures(two);
    expect(await featuresReporter.render(two, new Map())).toBe(svg);
    const errors: string[] = [];
    const parsed = new DOMParser({onError: (_level, message) => void errors.push(message)}).parseFromString(
      svg ?? '',
      'image/svg+xml',
    );
    expect(errors).toEqual([]);
    expect(parsed.documentElement?.tagName).toBe('svg');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain(`fill="${BACKGROUND.light}"`);
    expect(count(svg, /translate\(24,24\)/gu)).toBe(1);
    expect(count(svg, />Feature 1</gu)).toBe(2);
    const markdown = renderMarkdownTable(two);
    expect(markdown).toContain('## Features\n\n![Features of lenet++, conv; Features of lenet++, adder](features.svg)');
    expect(markdown).toContain('- What the last layer of lenet++ with adder (seed 1');
  });
});
