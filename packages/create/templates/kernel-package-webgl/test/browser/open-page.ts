// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Browser, chromium} from 'playwright-core';
import {build, preview} from 'vite';
import type {PageFunctions} from './page.js';

/** Where Chromium or Chrome is looked for, after `$CHROMIUM_PATH`. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const findBrowser = (): string | undefined => process.env['CHROMIUM_PATH'] || USUAL_PLACES.find((at) => existsSync(at));

const inCi = !['', 'false', undefined].includes(process.env['CI']);

/** Why tests that need a browser are to be skipped; undefined where there is one, and in CI, where they fail without. */
export const whySkipped =
  findBrowser() === undefined && !inCi
    ? 'skipped, no Chromium or Chrome found: install one or set CHROMIUM_PATH'
    : undefined;

// Runners may not show the names of what they skip.
if (whySkipped !== undefined) console.warn(whySkipped);

/** page.ts, bundled and open in a browser of its own. */
export interface Page {
  /** Calls one of the page's functions. */
  call<Name extends keyof PageFunctions>(
    name: Name,
    input: Parameters<PageFunctions[Name]>[0],
  ): Promise<Awaited<ReturnType<PageFunctions[Name]>>>;
  close(): Promise<void>;
}

/** @throws Error where there is no browser, or the page does not load */
export async function openPage(): Promise<Page> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(`no Chromium or Chrome at ${USUAL_PLACES.join(', ')}; install one or set CHROMIUM_PATH`);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'placeholder-name-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, {recursive: true, force: true})];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const root = fileURLToPath(new URL('.', import.meta.url));
    const settings = {root, configFile: false, logLevel: 'error'} as const;
    await build({...settings, build: {outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 5000}});
    const server = await preview({...settings, build: {outDir: folder}, preview: {host: '127.0.0.1', port: 0}});
    closing.push(() => server.close());
    // Without a GPU Chromium draws with the processor (SwiftShader): right, and slow.
    const args = ['--enable-unsafe-swiftshader'];
    const browser: Browser = await chromium.launch({executablePath, args, chromiumSandbox: false});
    closing.push(() => browser.close());
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page
      .waitForFunction(() => 'page' in globalThis)
      .catch((error: unknown) => {
        throw new Error(`the page did not load: ${errors.join('\n') || String(error)}`);
      });
    return {
      call(name, input) {
        const request: {readonly name: string; readonly input: unknown} = {name, input};
        return page.evaluate((asked) => Reflect.get(Reflect.get(globalThis, 'page'), asked.name)(asked.input), request);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
