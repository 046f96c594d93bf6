// SPDX-License-Identifier: Apache-2.0
import {fromMarkdown} from 'mdast-util-from-markdown';
import {gfmTableFromMarkdown} from 'mdast-util-gfm-table';
import {toString} from 'mdast-util-to-string';
import {gfmTable} from 'micromark-extension-gfm-table';
import {describe, expect, it} from 'vitest';
import type {Nodes, Root} from 'mdast';
import {markdownReporter, renderMarkdownTable} from '../src/index.js';
import {makeSummary, named, nothingFinished, seededOnPartialData, syntheticTwins, twins} from './fixtures.js';

function parse(markdown: string): Root {
  return fromMarkdown(markdown, {extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()]});
}

function nodesOf<Type extends Nodes['type']>(node: Nodes, type: Type): Extract<Nodes, {type: Type}>[] {
  const isOfType = (candidate: Nodes): candidate is Extract<Nodes, {type: Type}> => candidate.type === type;
  const below = 'children' in node ? node.children.flatMap((child: Nodes) => nodesOf(child, type)) : [];
  return isOfType(node) ? [node, ...below] : below;
}

/** Cell texts of all tables. */
function tablesOf(root: Root): string[][][] {
  return nodesOf(root, 'table').map((table) => table.children.map((row) => row.children.map((cell) => toString(cell))));
}

describe('results.md', () => {
  it('has a row for each operator under the name of the data', () => {
    const root = parse(renderMarkdownTable(twins()));
    const [results] = tablesOf(root);
    expect(results?.map((row) => row.length)).toEqual([13, 13, 13]);
    expect(results?.map((row) => row[2])).toEqual(['Operator', 'conv', 'adder']);
    expect(toString(root)).toContain('CIFAR-100: 50,000 training images, 10,000 test images; chance top-1 1.0');
  });

  it('has configuration, seeds, commit and environment', () => {
    const summary = seededOnPartialData();
    const root = parse(renderMarkdownTable(summary));
    expect(toString(root)).toContain('seeds 1, 2, 3');
    const environment = tablesOf(root).at(-1);
    expect(environment?.slice(1)).toEqual(Object.entries(summary.environment));
    expect(JSON.parse(nodesOf(root, 'code').at(-1)?.value ?? '')).toEqual(summary.config);
  });

  it('marks data that is not official', () => {
    const synthetic = renderMarkdownTable(makeSummary(syntheticTwins().runs, {name: 'quick', config: {}}));
    const [title] = nodesOf(parse(synthetic), 'heading');
    expect(title && toString(title)).toBe('conv and adder on synthetic stand-in for CIFAR-100');
    expect(synthetic).toContain('Synthetic data:');
    expect(synthetic.replaceAll('synthetic stand-in for CIFAR-100', '')).not.toContain('CIFAR');
    const partial = nodesOf(parse(renderMarkdownTable(seededOnPartialData())), 'heading').map((node) => toString(node));
    expect(partial[0]).toContain('CIFAR-10 (10,000 of 50,000) [partial data] for training, CIFAR-10 for test');
  });

  it('says why runs did not finish', () => {
    const root = parse(renderMarkdownTable(nothingFinished()));
    expect(nodesOf(root, 'code')[0]?.value).toBe('MissingKernelError: adderConv2d has no kernel on webgl');
    expect(toString(root)).toContain('failed after 0 of 10 epochs');
  });

  it.each(['<script>alert(1)</script>', 'a | b \\| c', '```\n# x', '[x](javascript:alert(1)) ![y](z)', '*a* _b_ `c`'])(
    'keeps names as they are: %s',
    (name) => {
      const root = parse(renderMarkdownTable(named(name)));
      expect(nodesOf(root, 'html')).toEqual([]);
      expect(nodesOf(root, 'link')).toEqual([]);
      expect(nodesOf(root, 'image')).toEqual([]);
      const [results] = tablesOf(root);
      expect(results?.map((row) => row.length)).toEqual([13, 13, 13, 13]);
      expect(results?.[1]?.[0]).toBe(name.replace(/\s*\n\s*/gu, ' '));
      expect(nodesOf(root, 'code')[0]?.value).toBe(name);
    },
  );

  it('is the same for the same summary', async () => {
    const text = renderMarkdownTable(twins());
    expect(await markdownReporter.render(JSON.parse(JSON.stringify(twins())), new Map())).toBe(text);
    expect(text.endsWith('\n')).toBe(true);
  });
});
