// SPDX-License-Identifier: Apache-2.0
import {EditError} from './errors.js';
import type {Names} from './names.js';
import type {Source} from './source-edits.js';
import {renderTemplate} from './templates.js';
import type {Tree} from './tree.js';
import {writeNew} from './workspace.js';

/** How a template becomes files of Addernet's own repository. */
export interface Relocation {
  readonly names: Names;
  readonly template: string;
  /** Folder of the package, e.g. 'packages/nn'. */
  readonly folder: string;
  /** The template's files that are taken, and where in the package they go; `placeholder-name` stands for the name. */
  readonly files: Readonly<Record<string, string>>;
  /** What stands differently in them: within the package, imports are of files. Each must be found. */
  readonly changes?: Readonly<Record<string, string>>;
}

/** Writes a template's files into a package of Addernet's own repository. */
export function writeIntoPackage(tree: Tree, {names, template, folder, files, changes = {}}: Relocation): void {
  const options = {names, licensed: true};
  const rendered = renderTemplate(template, options);
  const renamed = (text: string): string => text.replaceAll('placeholder-name', names.kebab);
  const unused = new Set(Object.keys(changes));
  const moved = Object.entries(files).map(([from, to]) => {
    let text = rendered.get(renamed(from));
    if (text === undefined) throw new Error(`the template ${template} has no ${from}`);
    for (const [old, other] of Object.entries(changes)) {
      const present = renamed(old);
      if (text.includes(present)) unused.delete(old);
      text = text.replaceAll(present, renamed(other));
    }
    return [renamed(to), text] as const;
  });
  if (unused.size > 0) throw new Error(`the template ${template} has no ${[...unused].join(', no ')}`);
  writeNew(tree, folder, new Map(moved));
}

/** Changes a file that is there. @throws EditError where it is not */
export function editFile(tree: Tree, file: string, ...edits: readonly ((source: Source) => Source)[]): void {
  const text = tree.read(file);
  if (text === undefined) throw new EditError(`${file} is missing; expected the file that registers what is generated`);
  tree.write(file, edits.reduce((source, edit) => edit(source), {file, text}).text);
}

/** Adds a row at the end of the first Markdown table whose heading begins with a cell. @throws EditError where there is none */
export function addTableRow(source: Source, heading: string, cells: readonly string[]): Source {
  const lines = source.text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('|') && line.split('|')[1]?.trim() === heading);
  if (first < 0) throw new EditError(`${source.file} has no table whose first heading is ${heading}`);
  const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  lines.splice(after < 0 ? lines.length : after, 0, `| ${cells.join(' | ')} |`);
  return {...source, text: lines.join('\n')};
}

/** A note for the next release of a package. */
export function addChangeset(tree: Tree, packageName: string, kind: string, {kebab}: Names): void {
  const capitalized = kind.charAt(0).toUpperCase() + kind.slice(1);
  const text = `---\n'${packageName}': minor\n---\n\n${capitalized} \`${kebab}\`.\n`;
  writeNew(tree, '.changeset', new Map([[`${kind}-${kebab}.md`, text]]));
}

/** How to go on in a package of the repository. */
export const nextIn = (folder: string, test: string): readonly (readonly [string, string])[] => [
  [`npx vitest run --root ${folder} test/${test}.test.ts`, 'runs its test'],
  ['npm run check', 'runs everything'],
];
