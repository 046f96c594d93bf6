// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import ts from 'typescript';
import {workspace} from '../entries.mjs';
import type {MarkdownFile} from './markdown.js';

/** What the compiler says of a name that nothing declares; for a fragment, its surroundings do. */
const UNKNOWN_NAME = new Set([2304, 2552, 18004]);

/** Options of the examples' own check, but that a block may leave its results unused. */
function compilerOptions(): ts.CompilerOptions {
  const file = path.join(workspace, 'docs/examples/tsconfig.json');
  const {config} = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
  const {options} = ts.parseJsonConfigFileContent(config, ts.sys, path.dirname(file));
  return {...options, noUnusedLocals: false, noUnusedParameters: false};
}

/**
 * Checks every TypeScript block as a module of its own in its file's folder, those of the guides in that of the examples, which they are about.
 *
 * @returns by file, what the compiler says, with the line in the file
 */
export function checkTypes(files: readonly MarkdownFile[]): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map(
    files.flatMap(({name, codeBlocks}) =>
      codeBlocks
        .filter(({language}) => language === 'ts')
        .map((block) => {
          const folder = name.startsWith('docs/') ? 'docs/examples' : path.posix.dirname(name);
          const module = `${name.replaceAll(/\W/g, '-')}-${block.line}.ts`;
          return [path.join(workspace, folder, module), {name, ...block}] as const;
        }),
    ),
  );
  const host = ts.createCompilerHost(compilerOptions());
  const {getSourceFile, fileExists} = host;
  host.fileExists = (file) => blocks.has(file) || fileExists(file);
  host.getSourceFile = (file, options, ...rest) => {
    const block = blocks.get(file);
    // `export {}`: a module, even where nothing is imported.
    if (block !== undefined) return ts.createSourceFile(file, `${block.code}\nexport {};\n`, options);
    return getSourceFile(file, options, ...rest);
  };
  const program = ts.createProgram([...blocks.keys()], compilerOptions(), host);
  const found = new Map<string, string[]>();
  for (const [file, {name, line, fragment}] of blocks) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} is not in the program`);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    for (const {code, messageText, start = 0} of diagnostics) {
      if (fragment && UNKNOWN_NAME.has(code)) continue;
      const at = line + 1 + source.getLineAndCharacterOfPosition(start).line;
      const messages = found.get(name) ?? [];
      messages.push(`${name}:${at}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
      found.set(name, messages);
    }
  }
  return found;
}
