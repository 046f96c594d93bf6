// SPDX-License-Identifier: Apache-2.0
// Writes the tables of fields in docs/experiments.md from the configurations' schemas; a test of e2e/cli compares them.
//   npx tsx --conditions=@addernet/source tools/field-tables.mts
import {readFileSync, writeFileSync} from 'node:fs';
import {configFields, inferenceFields, type ConfigField} from '@addernet/runner';
import prettier from 'prettier';

const FILE = new URL('../docs/experiments.md', import.meta.url);
const TABLES = {training: configFields(), inference: inferenceFields.fields};

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row({path, default: standard, help, expected}: ConfigField): string {
  const text = Array.isArray(standard) ? standard.join(',') : String(standard);
  const fallback = standard === undefined ? 'none' : text === '' ? 'empty' : `\`${text}\``;
  return `| \`${path}\` | ${fallback} | ${cell(help)} | ${cell(expected)} |`;
}

const table = (fields: readonly ConfigField[]): string =>
  ['| field | default | meaning | values |', '| --- | --- | --- | --- |', ...fields.map(row)].join('\n');

let text = readFileSync(FILE, 'utf8');
for (const [name, fields] of Object.entries(TABLES)) {
  const block = new RegExp(`(<!-- fields of ${name}: npm run field-tables -->)[\\s\\S]*?(<!-- end of fields -->)`);
  if (!block.test(text)) throw new Error(`docs/experiments.md has no block of fields of ${name}`);
  // A function: the texts may have $ in them.
  text = text.replace(block, (_all, begin: string, end: string) => `${begin}\n\n${table(fields)}\n\n${end}`);
}
writeFileSync(FILE, await prettier.format(text, {...(await prettier.resolveConfig(FILE)), parser: 'markdown'}));
