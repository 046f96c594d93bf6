// SPDX-License-Identifier: Apache-2.0
import {parse} from '@babel/parser';
import type {ArrowFunctionExpression, Expression, FunctionExpression, Node, Program} from '@babel/types';
import {EditError} from './errors.js';

/** A source file and its name for messages. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

function programOf({file, text}: Source): Program {
  try {
    return parse(text, {sourceType: 'module', plugins: ['typescript']}).program;
  } catch (error) {
    throw new EditError(
      `${file} cannot be read as TypeScript: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

const insert = ({file, text}: Source, position: number, addition: string): Source => ({
  file,
  text: text.slice(0, position) + addition + text.slice(position),
});

/** White space before the first thing in the line of `position`. */
function indentationAt(text: string, position: number): string {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

const endOf = (node: Node): number => node.end ?? 0;
const startOf = (node: Node): number => node.start ?? 0;

/** Orders what modules import from: packages first, then files. */
const rank = (from: string): string => `${from.startsWith('.') ? 1 : 0}${from}`;

/** Adds an import or a re-export among those that are there, in the order of what they import from. */
function addModuleStatement(
  source: Source,
  statement: string,
  type: 'ImportDeclaration' | 'ExportNamedDeclaration',
): Source {
  const from = (node: Node | undefined): string =>
    node?.type === 'ImportDeclaration' || node?.type === 'ExportNamedDeclaration' ? (node.source?.value ?? '') : '';
  const [added] = programOf({file: 'the statement to add', text: statement}).body;
  const present = programOf(source).body.filter((node) => node.type === type && from(node) !== '');
  const before = present.filter((node) => rank(from(node)) <= rank(from(added))).at(-1);
  const first = present[0];
  if (before !== undefined) return insert(source, endOf(before), `\n${statement}`);
  if (first !== undefined) return insert(source, startOf(first), `${statement}\n`);
  // After the comments with which the file begins.
  const comments = /^(?:\/\/[^\n]*\n|\/\*[^]*?\*\/\s*\n)*/.exec(source.text)?.[0].length ?? 0;
  return insert(source, comments, `${statement}\n`);
}

export const addImport = (source: Source, statement: string): Source =>
  addModuleStatement(source, statement, 'ImportDeclaration');

export const addExport = (source: Source, statement: string): Source =>
  addModuleStatement(source, statement, 'ExportNamedDeclaration');

/** A value that a file is to know by the name under which a module exports it. */
export interface Imported {
  readonly name: string;
  readonly from: string;
}

/** Adds an import unless it is there. @throws EditError where the name is taken */
export function ensureImport(source: Source, {name, from}: Imported): Source {
  for (const statement of programOf(source).body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const taken = statement.specifiers.find((specifier) => specifier.local.name === name);
    if (taken === undefined) continue;
    const imported =
      taken.type === 'ImportSpecifier' && taken.imported.type === 'Identifier' ? taken.imported.name : '';
    const isValue =
      statement.importKind !== 'type' && (taken.type !== 'ImportSpecifier' || taken.importKind !== 'type');
    if (statement.source.value === from && imported === name && isValue) return source;
    throw new EditError(`${source.file} has another import called ${name}; expected the one from '${from}', or none`);
  }
  return addImport(source, `import {${name}} from '${from}';`);
}

/** Without the types that may stand around it. */
function bare(expression: Expression | null | undefined): Expression | undefined {
  if (expression?.type === 'TSAsExpression' || expression?.type === 'TSSatisfiesExpression')
    return bare(expression.expression);
  return expression ?? undefined;
}

/** Adds an element at the end of the array that a file's constant is. @throws EditError where there is no such constant */
export function addToArray(source: Source, constant: string, element: string): Source {
  for (const statement of programOf(source).body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const {id, init} of declaration.declarations) {
      const array = bare(init);
      if (id.type !== 'Identifier' || id.name !== constant || array?.type !== 'ArrayExpression') continue;
      const last = array.elements.at(-1);
      if (last === undefined || last === null) return insert(source, endOf(array) - 1, element);
      const apart = source.text.slice(startOf(array), startOf(last)).includes('\n');
      return insert(
        source,
        endOf(last),
        apart ? `,\n${indentationAt(source.text, startOf(last))}${element}` : `, ${element}`,
      );
    }
  }
  throw new EditError(`${source.file} has no \`const ${constant} = […]\` to which ${element} could be added`);
}

/**
 * Adds statements, which may use `bind`, at the end of the function that a file's `new ContainerModule(…)` is given.
 *
 * @throws EditError where there is none
 */
export function addBinding(source: Source, statements: readonly string[]): Source {
  const given = moduleFunction(programOf(source));
  const body = given?.body;
  if (given === undefined || body?.type !== 'BlockStatement' || !takesBind(given)) {
    throw new EditError(
      `${source.file} has no \`new ContainerModule(({bind}) => {…})\` to which \`${statements.at(-1)}\` could be added`,
    );
  }
  const last = body.body.at(-1);
  const indentation = last === undefined ? '  ' : indentationAt(source.text, startOf(last));
  const addition = statements.map((line) => `\n${indentation}${line}`).join('');
  const closing = endOf(body) - 1;
  // A comment may stand behind the last statement.
  const lineEnd = last === undefined ? -1 : source.text.indexOf('\n', endOf(last));
  return lineEnd >= 0 && lineEnd < closing
    ? insert(source, lineEnd, addition)
    : insert(source, closing, `${addition}\n`);
}

/** Whether a function takes `({bind})`, with others or not. */
function takesBind({params}: ArrowFunctionExpression | FunctionExpression): boolean {
  const [options] = params;
  return (
    options?.type === 'ObjectPattern' &&
    options.properties.some(
      (property) =>
        property.type === 'ObjectProperty' && property.value.type === 'Identifier' && property.value.name === 'bind',
    )
  );
}

/** The function in the first `new ContainerModule(…)` among a file's constants and its default export. */
function moduleFunction(program: Program): ArrowFunctionExpression | FunctionExpression | undefined {
  for (const statement of program.body) {
    const candidates: (Expression | undefined)[] = [];
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'VariableDeclaration')
      candidates.push(...declaration.declarations.map(({init}) => bare(init)));
    if (statement.type === 'ExportDefaultDeclaration' && statement.declaration.type === 'NewExpression') {
      candidates.push(statement.declaration);
    }
    for (const candidate of candidates) {
      if (candidate?.type !== 'NewExpression') continue;
      const {callee, arguments: given} = candidate;
      const [first] = given;
      if (callee.type !== 'Identifier' || callee.name !== 'ContainerModule') continue;
      if (first?.type === 'ArrowFunctionExpression' || first?.type === 'FunctionExpression') return first;
    }
  }
  return undefined;
}
