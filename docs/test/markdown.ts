// SPDX-License-Identifier: Apache-2.0
// The repository's Markdown files, as their readers on the code host get them.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import type {Nodes} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {toString} from 'mdast-util-to-string';
import {visit} from 'unist-util-visit';
import {pageFiles} from '../.vitepress/pages.js';
import {workspace} from '../entries.mjs';

interface CodeBlock {
  readonly line: number;
  readonly language: string;
  /** Marked in its head (`ts fragment`): it goes on from what the text around it says, and names may come from there. */
  readonly fragment: boolean;
  readonly code: string;
}

export interface MarkdownFile {
  /** From the repository's folder. */
  readonly name: string;
  /** Links and images that lead to files of the repository, with their '#…'. */
  readonly links: readonly string[];
  /** What '#…' may name. */
  readonly anchors: ReadonlySet<string>;
  readonly codeBlocks: readonly CodeBlock[];
}

function read(name: string): MarkdownFile {
  const tree: Nodes = fromMarkdown(readFileSync(path.join(workspace, name), 'utf8'));
  const slugger = new GithubSlugger();
  const links: string[] = [];
  const anchors = new Set<string>();
  const codeBlocks: CodeBlock[] = [];
  visit(tree, (node) => {
    if (node.type === 'heading') anchors.add(slugger.slug(toString(node)));
    if ((node.type === 'link' || node.type === 'image' || node.type === 'definition') && !/^[a-z]+:/i.test(node.url))
      links.push(decodeURI(node.url));
    if (node.type === 'code')
      codeBlocks.push({
        line: node.position?.start.line ?? 0,
        language: node.lang ?? '',
        fragment: node.meta === 'fragment',
        code: node.value,
      });
  });
  return {name, links, anchors, codeBlocks};
}

/** Every Markdown file that is a page of the site, and the one that the code host shows first. */
export const markdownFiles: readonly MarkdownFile[] = ['README.md', ...pageFiles()].map(read);
