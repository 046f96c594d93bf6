// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript';

/**
 * For webpack: TypeScript without its types.
 *
 * @param {string} source
 */
export default (source) =>
  ts.transpile(source, {target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true});
