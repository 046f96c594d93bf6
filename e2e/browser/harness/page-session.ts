// SPDX-License-Identifier: Apache-2.0
import type {Page} from 'playwright-core';
import type {Bundle} from './bundle.ts';
import {launchChromium} from './chromium.ts';
import {serve, type ServeOptions} from './serve.ts';

/** How long a page may take to load and to say that it is ready, ms. */
const READY_LIMIT = 60_000;

export interface OpenPageOptions extends ServeOptions {
  /** More of Chromium's command line, such as `--js-flags=…`. */
  readonly chromiumFlags?: readonly string[];
}

/**
 * A page that was made with `definePage`, open in a Chromium of its own. Each call has a time limit, and an error says which step the page was in and what it wrote to the
 * console.
 */
export class PageSession<Functions extends PageFunctions> {
  readonly #page: Page;
  /** Name and version. */
  readonly browser: string;
  readonly #name: string;
  readonly #errors: string[] = [];
  readonly #console: string[] = [];
  /** Ends Chromium and the server. */
  readonly close: () => Promise<void>;
  #step = 'loading';
  #stepBegan = Date.now();

  private constructor(page: Page, browser: string, name: string, close: () => Promise<void>) {
    this.#page = page;
    this.browser = browser;
    this.#name = name;
    this.close = close;
    page.on('console', (message) => {
      this.#console.push(`${message.type()}: ${message.text()}`);
      if (message.type() === 'error') this.#errors.push(message.text());
    });
    page.on('pageerror', (error) => this.#errors.push(error.stack ?? error.message));
    page.on('crash', () => this.#errors.push('the page crashed'));
    page.on('requestfailed', (request) =>
      this.#errors.push(`${request.url()} failed: ${request.failure()?.errorText ?? 'unknown'}`),
    );
  }

  /** Serves a bundle, starts Chromium, opens NAME.html and waits until it is ready. */
  static async open<Functions extends PageFunctions>(
    bundle: Bundle,
    name: string,
    options: OpenPageOptions = {},
  ): Promise<PageSession<Functions>> {
    const server = await serve(bundle.folder, options);
    try {
      const browser = await launchChromium(options.chromiumFlags);
      const session = new PageSession<Functions>(
        await browser.newPage(),
        `Chromium ${browser.version()}`,
        name,
        async () => {
          await browser.close();
          await server.close();
        },
      );
      try {
        await session.#load(`${server.url}${name}.html`);
      } catch (error) {
        await browser.close();
        throw error;
      }
      return session;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  async #load(url: string): Promise<void> {
    await this.#page.exposeFunction('addernetStep', (step: string) => this.#enter(step));
    await this.#within(READY_LIMIT, async () => {
      await this.#page.goto(url);
      await this.#page.waitForFunction(() => 'addernetPage' in globalThis, undefined, {timeout: 0});
    });
  }

  /** What went wrong in the page so far: console errors, uncaught errors, requests that failed. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** All that was written to the console. */
  get console(): readonly string[] {
    return this.#console;
  }

  /**
   * Calls one of the page's functions.
   *
   * @param limit ms.
   * @throws Error when the function throws or has no answer in time.
   */
  async call<Name extends keyof Functions & string>(
    name: Name,
    input: Parameters<Functions[Name]>[0],
    limit: number,
  ): Promise<Awaited<ReturnType<Functions[Name]>>> {
    this.#enter(name);
    const request: {name: string; input: unknown} = {name, input};
    return this.#within(limit, () =>
      this.#page.evaluate(
        (asked) => Reflect.get(Reflect.get(globalThis, 'addernetPage'), asked.name)(asked.input),
        request,
      ),
    );
  }

  #enter(step: string): void {
    this.#step = step;
    this.#stepBegan = Date.now();
  }

  async #within<Result>(limit: number, action: () => Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${limit / 1000} s`)), limit);
    });
    try {
      return await Promise.race([action(), late]);
    } catch (error) {
      const seconds = ((Date.now() - this.#stepBegan) / 1000).toFixed(1);
      const written = [...this.#console.slice(-10), ...this.#errors.slice(-10)].map((line) => `\n    ${line}`).join('');
      throw new Error(
        `${this.#name}: ${error instanceof Error ? error.message : String(error)}\n  in step "${this.#step}" since ${seconds} s` +
          (written === '' ? '; the console is empty' : `; console:${written}`),
        {cause: error},
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What a page made with `definePage` can be asked: one JSON value in, one out. */
export type PageFunctions = Record<string, (input: never) => unknown>;
