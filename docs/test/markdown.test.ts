// SPDX-License-Identifier: Apache-2.0
import {existsSync, statSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {workspace} from '../entries.mjs';
import {checkTypes} from './check-types.js';
import {markdownFiles} from './markdown.js';

const byName = new Map(markdownFiles.map((file) => [file.name, file]));

/** Why a link leads nowhere on the code host; undefined if it does not. */
function fault(from: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#');
  let file = target === '' ? from : path.posix.join(path.posix.dirname(from), target).replace(/\/$/, '');
  if (!existsSync(path.join(workspace, file))) return `${link}: there is no ${file}`;
  if (anchor === undefined) return undefined;
  if (statSync(path.join(workspace, file)).isDirectory()) file += '/README.md';
  const found = byName.get(file)?.anchors;
  if (found?.has(anchor) === true) return undefined;
  return `${link}: ${file} has no heading for #${anchor}; it has ${[...(found ?? [])].join(', ')}`;
}

describe('links to files and headings', () => {
  it.each(markdownFiles.map((file) => [file.name, file] as const))('%s', (name, {links}) => {
    expect(links.flatMap((link) => fault(name, link) ?? [])).toEqual([]);
  });
});

describe('code blocks', () => {
  const languages = new Set(['ts', 'sh', 'json', 'text']);
  const withCode = markdownFiles.filter(({codeBlocks}) => codeBlocks.length > 0);
  const found = checkTypes(markdownFiles);

  it.each(withCode.map((file) => [file.name, file] as const))('%s', (name, {codeBlocks}) => {
    // Indented blocks have no language.
    for (const {language, line} of codeBlocks)
      if (language !== '') expect(languages, `${name}:${line}`).toContain(language);
    for (const {language, code} of codeBlocks) if (language === 'json') expect(() => JSON.parse(code)).not.toThrow();
    expect(found.get(name) ?? []).toEqual([]);
  });

  it('most are whole: a fragment is the exception', () => {
    const blocks = markdownFiles.flatMap(({codeBlocks}) => codeBlocks.filter(({language}) => language === 'ts'));
    expect(blocks.length).toBeGreaterThan(25);
    expect(blocks.filter(({fragment}) => fragment).length).toBeLessThan(blocks.length / 3);
  });
});
