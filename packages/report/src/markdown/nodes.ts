// SPDX-License-Identifier: Apache-2.0
import type {Code, Heading, List, Paragraph, PhrasingContent, Table, TableRow} from 'mdast';

export type Alignment = 'left' | 'right';

export function text(value: string): PhrasingContent {
  return {type: 'text', value};
}

export function paragraph(value: string): Paragraph {
  return {type: 'paragraph', children: [text(value)]};
}

export function heading(depth: 1 | 2 | 3, value: string): Heading {
  return {type: 'heading', depth, children: [text(value)]};
}

export function list(items: readonly string[]): List {
  return {
    type: 'list',
    spread: false,
    children: items.map((item) => ({type: 'listItem', spread: false, children: [paragraph(item)]})),
  };
}

export function code(value: string, lang?: string): Code {
  return {type: 'code', value, lang};
}

function row(cells: readonly string[]): TableRow {
  // A table's row is one line: line breaks in names would end it.
  return {
    type: 'tableRow',
    children: cells.map((cell) => ({type: 'tableCell', children: [text(cell.replace(/\s*\n\s*/gu, ' '))]})),
  };
}

export function table(align: readonly Alignment[], rows: readonly (readonly string[])[]): Table {
  return {type: 'table', align: [...align], children: rows.map(row)};
}
