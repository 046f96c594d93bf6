// SPDX-License-Identifier: Apache-2.0
// Where on its server the site lies: `DOCS_BASE=/addernet/ npm run site`. By default it is all there is.

/** With a slash at both ends. @throws Error where it is no path */
export function siteBase(given = process.env.DOCS_BASE ?? ''): string {
  const inner = given.replace(/^\/+|\/+$/g, '');
  if (!/^([\w.~-]+(\/[\w.~-]+)*)?$/.test(inner)) {
    throw new Error(`DOCS_BASE is ${JSON.stringify(given)}; expected a path such as /addernet/`);
  }
  return inner === '' ? '/' : `/${inner}/`;
}
