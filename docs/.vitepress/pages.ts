// SPDX-License-Identifier: Apache-2.0
// Which files of the repository are pages of the site, and where on it a link between files of the repository leads.
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {workspace} from '../entries.mjs';

const PAGE = /^(docs\/.+\.md|(packages|e2e|tools)\/[^/]+\/README\.md|CONTRIBUTING\.md)$/;

/** Markdown files that are no pages: for VitePress, which else takes all. */
export const NO_PAGES = ['README.md', '**/CHANGELOG.md', 'docs/test/**', '{packages,e2e,tools}/*/*/**', 'runs/**'];

/** 'docs/results/README.md' → 'results/index.md', 'packages/core/README.md' → 'packages/core.md': a page's path below the site's root. */
export function pagePath(file: string): string {
  return file
    .replace(/^docs\/(generated\/)?/, '')
    .replace(/^((?:packages|e2e|tools)\/[^/]+)\/README\.md$/, '$1.md')
    .replace(/^CONTRIBUTING\.md$/, 'contributing.md')
    .replace(/(^|\/)README\.md$/, '$1index.md');
}

export interface LinkTarget {
  readonly kind: 'page' | 'source' | 'missing';
  /** Below the site's root. */
  readonly url: string;
  /** From the repository's folder; of a folder, its README.md. */
  readonly file: string;
}

/**
 * Where a relative link leads, taken as the code host takes it.
 *
 * @param from the file that it stands in, from the repository's folder
 * @param link without '#…'
 */
export function resolveLink(from: string, link: string): LinkTarget {
  let file = path.posix.join(path.posix.dirname(from), decodeURI(link)).replace(/\/$/, '');
  if (statSync(path.join(workspace, file), {throwIfNoEntry: false})?.isDirectory())
    file = path.posix.join(file, 'README.md');
  if (!existsSync(path.join(workspace, file))) return {kind: 'missing', url: '', file};
  if (file === 'README.md') return {kind: 'page', url: '/index.md', file};
  if (PAGE.test(file)) return {kind: 'page', url: `/${pagePath(file)}`, file};
  return {kind: 'source', url: `/source/${file}.html`, file};
}

/** The repository's Markdown files that are pages, but for the API reference, which is made of the sources. */
export function pageFiles(): readonly string[] {
  const below = (folder: string, file = ''): string[] =>
    readdirSync(path.join(workspace, folder)).map((name) => path.posix.join(folder, name, file));
  return [
    'CONTRIBUTING.md',
    ...['docs', 'docs/examples', 'docs/guides', 'docs/results'].flatMap((folder) => below(folder)),
    ...['packages', 'tools', 'e2e'].flatMap((folder) => below(folder, 'README.md')),
  ].filter((file) => PAGE.test(file) && existsSync(path.join(workspace, file)));
}

/** The source files that pages link to, in order of their names. */
export function linkedSources(): readonly string[] {
  const found = new Set<string>();
  for (const from of pageFiles()) {
    for (const [, link = ''] of readFileSync(path.join(workspace, from), 'utf8').matchAll(
      /\]\((?![a-z]+:|#|\/)([^)#\s]+)/gi,
    )) {
      const {kind, file} = resolveLink(from, link);
      if (kind === 'source' && !/\.(png|svg)$/.test(file)) found.add(file);
    }
  }
  return [...found].sort();
}
