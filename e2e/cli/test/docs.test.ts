// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {EXIT} from '@addernet/cli';
import {configFields, inferenceFields} from '@addernet/runner';
import {expect, it} from 'vitest';
import {examples, workspace} from './support.js';

const read = (...parts: string[]): string => readFileSync(path.join(workspace, ...parts), 'utf8');

/** The cells of a Markdown table's rows, without its head; code marks removed. */
function tableAfter(text: string, head: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.replaceAll(/ +/g, ' ').startsWith(head));
  if (start < 0) throw new Error(`no table "${head}"`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

it('the list of examples has every example', () => {
  const list = read('docs/examples/README.md');
  for (const file of readdirSync(examples).filter((name) => name.endsWith('.ts'))) expect(list).toContain(`(${file})`);
});

it.each([
  ['training', configFields()],
  ['inference', inferenceFields.fields],
])(
  'the guide to experiments has every field of %s with its default, meaning and values (npm run field-tables)',
  (kind, fields) => {
    const guide = read('docs/experiments.md');
    const documented = tableAfter(guide.slice(guide.indexOf(`<!-- fields of ${kind}:`)), '| field | default |');
    const actual = fields.map((field) => {
      const fallback = Array.isArray(field.default) ? field.default.join(',') : String(field.default);
      return [
        field.path,
        field.default === undefined ? 'none' : fallback === '' ? 'empty' : fallback,
        field.help,
        field.expected,
      ];
    });
    expect(documented).toEqual(actual);
  },
);

it('the guide to experiments has every exit code', () => {
  const codes = tableAfter(read('docs/experiments.md'), '| exit code |').map(([code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT).sort((a, b) => a - b));
});
