// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, InferencePart, InferenceSummary, ModelCosts, RunSummary} from '@addernet/plugin';
import {describe, expect, it} from 'vitest';
import {renderMarkdownTable} from '../src/index.js';
import {withCosts} from './costs-fixtures.js';
import {measured, one, whole} from './inference-fixtures.js';
import {report, rowsOf, textOf} from './page.js';

/** Runs of the network that was measured; without curves, which take their time to draw. */
function trained(inference: readonly InferencePart[] | undefined, run: Partial<RunSummary> = {}): ExperimentSummary {
  const summary = withCosts();
  return {
    ...summary,
    environment: {cpu: 'fixture CPU'},
    runs: summary.runs.map((each) => ({...each, epochs: [], architecture: 'small', ...run})),
    ...(inference === undefined ? {} : {inference}),
  };
}

const from = (folder: string, options: Partial<InferenceSummary> = {}): InferencePart => ({
  folder,
  summary: measured(options),
});

/** Of another number of filters in layer c. */
const wider = (costs: ModelCosts): ModelCosts => ({
  ...costs,
  layers: costs.layers.map((layer) =>
    layer.layer === 'c' ? {...layer, outputShape: [4, 4, 6], outputElements: 96, taps: 2 * layer.taps} : layer,
  ),
});

/** No layer as large as the runs'. */
const larger = (costs: ModelCosts): ModelCosts => {
  const grow = (layers: ModelCosts['layers']): ModelCosts['layers'] =>
    layers.map((layer) => ({...layer, outputShape: [8, 8, 3], inputElements: 4 * layer.inputElements}));
  return {...costs, layers: grow(costs.layers), fusedLayers: grow(costs.fusedLayers ?? [])};
};

const withModels = (change: (costs: ModelCosts) => ModelCosts): Partial<InferenceSummary> => ({
  models: measured().models.map((model) => ({...model, costs: change(model.costs)})),
});

const document = async (summary: ExperimentSummary) => (await report(summary)).document;
/** What the Markdown lists below its sentences. */
const remarks = (summary: ExperimentSummary): string[] =>
  (/To be read with the times:\n\n((?:- .*\n)+)/u.exec(renderMarkdownTable(summary))?.[1] ?? '')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [line.slice(2)]));

describe('inference in a report of trained runs', () => {
  it('is there only where it was measured', async () => {
    expect((await document(trained(undefined))).querySelector('#inference-heading')).toBeNull();
    expect(renderMarkdownTable(trained(undefined))).not.toContain('## Inference');
  });

  it('has times of networks and of layers, plain and fused, and where they are from', async () => {
    const page = await document(trained([from('speed-1')]));
    expect(rowsOf(page, '#inference-sources')).toEqual([
      ['speed-1', 'speed', 'wasm', '4', 'fixture CPU', '0123456789', '2026-11-22 10:00'],
    ]);
    expect(rowsOf(page, '#models').map((row) => row.slice(0, 3))).toEqual([
      ['conv', 'plain', '2.00'],
      ['adder', 'plain', '1.60'],
      ['conv', 'fused', '1.00'],
      ['adder', 'fused', '0.900'],
    ]);
    const section = textOf(page.querySelector('section[aria-labelledby="inference-heading"]'));
    expect(section).toContain('small on wasm, batch 4: against conv, adder takes 0.80 (0.75–0.85)');
    const layers = page.querySelector('section[aria-labelledby="inference-layers-heading"]');
    const titles = [...(layers?.querySelectorAll('figure svg > title') ?? [])].map(textOf);
    expect(titles).toEqual(['Layer by layer, small on wasm, batch 4', 'Roofline, small on wasm, batch 4']);
    expect(remarks(trained([from('speed-1')]))).toEqual([]);
  });

  it('draws operators in the colours of the learning curves', async () => {
    const page = await document(trained([from('speed-1')]));
    const color = (table: string, operator: string): string | undefined =>
      [...page.querySelectorAll(`${table} tbody tr`)]
        .find((row) => textOf(row).includes(operator))
        ?.querySelector('.key circle')
        ?.getAttribute('fill') ?? undefined;
    expect(color('#models', 'adder')).toMatch(/^#/u);
    expect(color('#models', 'adder')).toBe(color('#results', 'adder'));
  });

  it('leaves out another architecture, and says so', async () => {
    const summary = trained([from('speed-1')], {architecture: 'resnet20'});
    const page = await document(summary);
    expect(page.querySelector('#models')).toBeNull();
    expect(page.querySelector('#inference-layers-heading')).toBeNull();
    expect(textOf(page.querySelector('section[aria-labelledby="inference-heading"]'))).toContain(
      'Nothing that was measured is of these runs.',
    );
    const [remark] = remarks(summary);
    expect(remark).toBe('speed-1: small was measured, and the runs are of resnet20: left out.');
    expect([...page.querySelectorAll('#inference-remarks li')].map(textOf)).toEqual([remark]);
  });

  it('leaves out layers of another size, and says which', async () => {
    const summary = trained([from('speed-1', withModels(wider))]);
    const page = await document(summary);
    const names = [...page.querySelectorAll('.layers tbody tr')]
      .filter((row) =>
        row.parentElement?.parentElement?.querySelector('caption')?.textContent?.includes('Milliseconds'),
      )
      .map((row) => textOf(row.children[0] ?? null));
    expect(names).toEqual(['b', 'r', 's']);
    expect(rowsOf(page, '#models')).toHaveLength(4);
    expect(remarks(summary)).toEqual([
      'speed-1: small was measured with layers of another size than the runs’: c (4×4×6 where the runs have 4×4×3). ' +
        'The layers are left out; the times of the whole network include them.',
    ]);
  });

  it('leaves out a network that was measured for other images', () => {
    const summary = trained([from('speed-1', withModels(larger))]);
    expect(renderMarkdownTable(summary)).toContain('Nothing that was measured is of these runs.');
    expect(remarks(summary)[0]).toMatch(/^speed-1: small was measured for other images than the runs’/u);
  });

  it('names operators, backends and processors that are not those of the runs', () => {
    const summary = trained([from('speed-1', {environment: {cpu: 'other CPU'}})], {operator: 'shift', backend: 'cpu'});
    expect(remarks(summary)).toEqual([
      'speed-1: small with conv and adder was measured, too, and not trained here.',
      'speed-1: small with shift was trained and not measured.',
      'speed-1: small was measured on wasm and trained on cpu.',
      'speed-1: measured on another processor (other CPU) than the runs’ (fixture CPU).',
    ]);
  });

  it('tells several measurements of a network apart', async () => {
    const own: InferencePart = {datasets: ['cifar100'], summary: measured({name: 'cifar100', status: 'interrupted'})};
    const page = await document(trained([own, from('speed-1'), from('speed-2')]));
    expect(rowsOf(page, '#inference-sources').map(([name, experiment]) => [name, experiment])).toEqual([
      ['this experiment, after its last run', 'cifar100, interrupted'],
      ['speed-1', 'speed'],
      ['speed-2', 'speed'],
    ]);
    expect([...page.querySelectorAll('#models .group')].map(textOf)).toEqual([
      'small on wasm (this experiment) · batch 4',
      'small on wasm (speed-1) · batch 4',
      'small on wasm (speed-2) · batch 4',
    ]);
  });

  it('names the datasets where one experiment measured for several', async () => {
    const own = (dataset: string): InferencePart => ({datasets: [dataset], summary: measured()});
    const page = await document(trained([own('mnist'), own('cifar10')]));
    expect([...page.querySelectorAll('#models .group')].map(textOf)).toEqual([
      'small on wasm (this experiment, mnist) · batch 4',
      'small on wasm (this experiment, cifar10) · batch 4',
    ]);
  });

  it('does not say whose time ratios are over where that differs', async () => {
    const reversed = {
      models: measured().models.toReversed(),
      modelMeasurements: [whole('adder', 'plain', 1.6)],
      layerMeasurements: [one(['c'], 32, {kind: 'operator', form: 'plain', operator: 'adder'})],
    } as const;
    const page = await document(trained([from('speed-1'), from('speed-2', reversed)]));
    expect(textOf(page.querySelector('#models thead'))).toContain('Over the first');
  });

  it('stands in Markdown, too', () => {
    const text = renderMarkdownTable(trained([from('speed-1')]))
      .replaceAll('\u00a0', ' ')
      .replaceAll(/ +/gu, ' ');
    expect(text).toContain('## Inference\n');
    expect(text).toContain('| speed-1 | speed | wasm | 4 | fixture CPU | 0123456789 | 2026-11-22 10:00 |');
    expect(text).toContain('| small | wasm | adder | fused | 4 | 0.900 | 0.810–0.990 | 0.900 | 4,444 |');
    expect(text).toContain('| c | plain | adder | 4×4×3 | 0.0320 |');
  });
});
