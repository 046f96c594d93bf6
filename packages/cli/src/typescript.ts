// SPDX-License-Identifier: Apache-2.0
import module from 'node:module';
import {register as registerTsx} from 'tsx/esm/api';

/**
 * A resolve hook after which TypeScript files are ES modules, whatever the nearest package.json says: npm's own default is CommonJS, which
 * people who write `import` do not know. As CommonJS they would get copies of the packages of their own, and a copy's classes are not
 * the classes that models are made of.
 */
const HOOKS = `
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  return /^file:.*\\.m?tsx?(\\?|$)/.test(resolved.url) ? {...resolved, format: 'module'} : resolved;
}`;

let enabled = false;

/** Lets `import()` read TypeScript, in experiments and in plugins; once per process. */
export function enableTypeScript(): void {
  if (enabled) return;
  enabled = true;
  registerTsx();
  module.register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
}
