// SPDX-License-Identifier: Apache-2.0
import {cpSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {workspace} from '../entries.mjs';

/** The playground's link to the documentation, which is not shown where the page stands alone. */
const HIDDEN_LINK = '<a id="documentation" href="../" hidden>';

/** Puts the built playground into the site, with a way back to it. @throws Error where it is not built, or has no such link */
export function copyPlayground(folder: string): void {
  const built = path.join(workspace, 'packages/playground/dist');
  if (!existsSync(built)) throw new Error(`${built} is missing; run: npx nx run playground:build`);
  cpSync(built, folder, {recursive: true});
  const page = path.join(folder, 'index.html');
  const html = readFileSync(page, 'utf8');
  if (!html.includes(HIDDEN_LINK)) throw new Error(`packages/playground/index.html has no ${HIDDEN_LINK}`);
  writeFileSync(page, html.replace(HIDDEN_LINK, HIDDEN_LINK.replace(' hidden', '')));
}
