// SPDX-License-Identifier: Apache-2.0
// The built site (`nx run docs:build`), as a browser gets it. VitePress has checked links between its own pages; here are anchors, assets and the playground too.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {siteBase} from '../.vitepress/base.js';
import {pageFiles, pagePath} from '../.vitepress/pages.js';
import {entries, workspace} from '../entries.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** As the site was built: see .vitepress/base.ts. */
const base = siteBase();

const unescape = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

interface Page {
  readonly html: string;
  readonly ids: ReadonlySet<string>;
  /** Every href and src. */
  readonly references: readonly string[];
}

const pages = new Map(
  readdirSync(dist, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.html') && !file.startsWith('playground'))
    .map((file): [string, Page] => {
      const html = readFileSync(path.join(dist, file), 'utf8');
      const all = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, value = '']) => unescape(value));
      return [
        file.replaceAll(path.sep, '/'),
        {html, ids: new Set(all(/\sid="([^"]*)"/g)), references: all(/\s(?:href|src)="([^"]*)"/g)},
      ];
    }),
);

/** Why a reference leads nowhere; undefined if it does not. */
function fault(from: string, reference: string): string | undefined {
  if (/^(https:|mailto:|data:)/.test(reference)) return undefined;
  const {pathname, hash} = new URL(reference, `http://site${base}${from}`);
  if (!pathname.startsWith(base)) return `${from}: ${reference} leads out of ${base}`;
  const file = decodeURIComponent(pathname)
    .slice(base.length)
    .replace(/(^|\/)$/, '$1index.html');
  if (!existsSync(path.join(dist, file))) return `${from}: ${reference}: there is no ${file}`;
  const anchor = decodeURIComponent(hash.slice(1));
  const target = pages.get(file);
  if (anchor === '' || target === undefined || target.ids.has(anchor)) return undefined;
  return `${from}: ${reference}: ${file} has no element #${anchor}`;
}

describe('the site', () => {
  it('has a page for every guide, result and package, and for every entry of the published packages', () => {
    const expected = [...pageFiles().map(pagePath), ...entries.map(({name}) => `api/${name}.md`)].map((page) =>
      page.replace(/\.md$/, '.html'),
    );
    expect([...pages.keys()]).toEqual(expect.arrayContaining(expected));
    expect(expected).toEqual(
      expect.arrayContaining(['index.html', 'concepts.html', 'results/mnist.html', 'api/@addernet/core.html']),
    );
  });

  it('has no dead link, anchor or asset', () => {
    const faults = [...pages].flatMap(([from, {references}]) =>
      references.flatMap((reference) => fault(from, reference) ?? []),
    );
    expect([...new Set(faults)]).toEqual([]);
  });

  it('loads nothing from elsewhere', () => {
    const loaded = /<(?:script|img|link|iframe|source)\b[^>]*\s(?:src|href)="((?:https?:)?\/\/[^"]*)"/g;
    for (const [name, {html}] of pages)
      expect(
        [...html.matchAll(loaded)].map(([, url]) => url),
        name,
      ).toEqual([]);
    const styles = readdirSync(path.join(dist, 'assets'), {recursive: true, encoding: 'utf8'}).filter((file) =>
      file.endsWith('.css'),
    );
    expect(styles.length).toBeGreaterThan(0);
    for (const file of styles)
      expect(readFileSync(path.join(dist, 'assets', file), 'utf8'), file).not.toMatch(
        /url\(\s*["']?(https?:)?\/\/|@import/,
      );
  });

  it('has the playground, which finds its files from where it lies', () => {
    const html = readFileSync(path.join(dist, 'playground/index.html'), 'utf8');
    const files = [...html.matchAll(/\s(?:href|src)="(\.\/[^"]*)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(existsSync(path.join(dist, 'playground', file)), file).toBe(true);
    expect(html).toMatch(/<a id="documentation" href="\.\.\/">/);
  });

  it('may lie in any folder of a server', () => {
    expect(['', '/', 'addernet', '/addernet', '/a/b.c/'].map(siteBase)).toEqual([
      ...['/', '/', '/addernet/', '/addernet/', '/a/b.c/'],
    ]);
    expect(() => siteBase('https://addernet.example')).toThrow(
      'DOCS_BASE is "https://addernet.example"; expected a path',
    );
  });

  it('sets formulas, shows the examples from their files and tells what the API does', () => {
    expect(pages.get('concepts.html')?.html.match(/<mjx-container/g)?.length).toBeGreaterThan(20);
    const text = (name: string): string => unescape((pages.get(name)?.html ?? '').replaceAll(/<[^>]*>/g, ''));
    for (const [guide, example] of [
      ['add-a-kernel', 'direct-adder'],
      ['add-an-operator', 'weight-standardized-conv'],
      ['add-an-architecture', 'all-conv-mini'],
      ['add-a-dataset', 'two-moons'],
      ['add-a-tracker', 'accuracy-log'],
    ]) {
      const lines = readFileSync(path.join(workspace, `docs/examples/${example}.ts`), 'utf8').split('\n');
      const shown = text(`guides/${guide}.html`);
      for (const line of lines.filter((code) => /^export/.test(code)))
        expect(shown).toContain(line.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    }
    const core = text('api/@addernet/core.html');
    for (const op of ['adderConv2d', 'conv2d', 'batchNormTraining', 'fusedAdderConv2d']) expect(core).toContain(op);
  });
});
