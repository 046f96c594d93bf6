// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {MarkdownRenderer} from 'vitepress';
import {workspace} from '../entries.mjs';
import {resolveLink} from './pages.js';

const RELATIVE = /^(?![a-z]+:|\/|#)([^#]*)(#.*)?$/i;

/**
 * Links in the files are those of the code host; on the site they lead to its pages. A link to a source file that is a paragraph of its own is
 * followed by that file's text.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('repository-links', ({tokens, env, Token}) => {
    const from = path.relative(workspace, env.realPath ?? env.path);
    for (let at = tokens.length - 1; at >= 0; at--) {
      const children = tokens[at]?.children ?? [];
      for (const link of children) {
        const [, target, anchor = ''] = RELATIVE.exec(link.attrGet('href') ?? '') ?? [];
        if (link.type !== 'link_open' || target === undefined || target === '') continue;
        const {kind, url, file} = resolveLink(from, target);
        if (kind === 'missing') throw new Error(`${from}: dead link to ${target}`);
        link.attrSet('href', url + anchor);
        const alone = children.length === 3 && children.at(-1)?.type === 'link_close' && tokens[at - 1]?.level === 0;
        if (kind === 'source' && alone && tokens[at - 1]?.type === 'paragraph_open') {
          const code = new Token('fence', 'code', 0);
          code.info = path.extname(file).slice(1);
          code.content = readFileSync(path.join(workspace, file), 'utf8').replace(/^\/\/ SPDX-.*\n/, '');
          code.markup = '```';
          code.block = true;
          code.map = tokens[at]?.map ?? null;
          tokens.splice(at + 2, 0, code);
        }
      }
    }
  });
}

/** In the API reference, `<run>/metrics.csv` in a docstring is text: there is no markup but the generator's own anchors. */
export function plainDocstrings(md: MarkdownRenderer): void {
  md.core.ruler.push('plain-docstrings', ({tokens, env}) => {
    if (!path.relative(workspace, env.realPath ?? env.path).startsWith('docs/generated/')) return;
    for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])]))
      if (/^html_/.test(token.type) && !/^<\/?(a|br)\b/.test(token.content)) token.type = 'text';
  });
}
