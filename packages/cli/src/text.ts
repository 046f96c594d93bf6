// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import {Help} from 'commander';

/** Wide enough for anything: pipes and logs get lines unbroken. */
const UNLIMITED = 10_000;

/** Columns of a terminal (80 where it does not say); of anything else as many as are wanted. */
export const columnsOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? (stream.columns > 0 ? stream.columns : 80) : UNLIMITED;

/** Breaks a text between words, its further lines indented. */
export function wrapText(text: string, columns: number, indent = 0): string {
  const margin = ' '.repeat(indent);
  return new Help()
    .boxWrap(text, Math.max(20, columns - indent))
    .split('\n')
    .map((line, index) => (index === 0 ? line : margin + line).trimEnd())
    .join('\n');
}

/** Terms on the left, what they mean on the right, wrapped. */
export function definitionList(
  items: readonly {readonly term: string; readonly text: string}[],
  columns: number,
): string {
  const width = Math.max(...items.map(({term}) => term.length));
  const indent = width + 4;
  return items
    .map(({term, text}) => `  ${term.padEnd(width)}  ${wrapText(text, columns, indent)}`.trimEnd())
    .join('\n');
}

/** A table without colours or frames, so that it reads the same in a log and fits on a narrow screen. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = {mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '', left: '', right: '', middle: '  '};
  const edges = {top: '', 'top-mid': '', 'top-left': '', 'top-right': ''};
  const feet = {bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': ''};
  const numeric = head.map((_, column) =>
    rows.every((row) => /^(?:(?:[\d.,%\s±–-]|\bof\b)*|[\d.]+[pnµmkMGT]?[BJs]?)$/u.test(row[column] ?? '')),
  );
  const made = new Table({
    head: [...head],
    chars: {...none, ...edges, ...feet},
    colAligns: numeric.map((isNumber) => (isNumber ? 'right' : 'left')),
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A column of a table of things. */
export interface Column<T> {
  readonly head: string;
  readonly cell: (item: T) => string;
  /** Where the table is too wide, columns with a number here are left out, the highest first. */
  readonly dispensable?: number;
}

/** A table that is no wider than the screen, as far as there are columns that can be missed. */
export function fittedTable<T>(columns: readonly Column<T>[], items: readonly T[], width: number): string {
  const text = table(
    columns.map(({head}) => head),
    items.map((item) => columns.map(({cell}) => cell(item))),
  );
  const [first] = columns
    .filter(({dispensable}) => dispensable !== undefined)
    .toSorted((a, b) => (b.dispensable ?? 0) - (a.dispensable ?? 0));
  return first === undefined || text.split('\n').every((line) => line.length <= width)
    ? text
    : fittedTable(
        columns.filter((column) => column !== first),
        items,
        width,
      );
}
