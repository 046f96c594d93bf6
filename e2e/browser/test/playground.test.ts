// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import type {Browser, Page} from 'playwright-core';
import {afterAll, beforeAll, beforeEach, afterEach, expect, it} from 'vitest';
import {launchChromium} from '../harness/chromium.ts';
import {describeInChromium} from '../harness/describe-in-chromium.ts';
import {serve, type Server} from '../harness/serve.ts';

const DIST = fileURLToPath(new URL('../../../packages/playground/dist/', import.meta.url));
const START_LIMIT = 120_000;

describeInChromium('the playground', () => {
  let server: Server;
  /** One for each test: a graphics backend may keep it busy for a while after. */
  let browser: Browser;
  let page: Page;
  let errors: string[];
  const folder = mkdtempSync(path.join(tmpdir(), 'addernet-playground-'));
  afterAll(() => {
    rmSync(folder, {recursive: true});
  });

  beforeAll(async () => {
    server = await serve(DIST, {isolated: true});
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    errors = [];
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(server.url);
    await page.locator('#start:enabled').waitFor({timeout: START_LIMIT});
  });
  afterEach(async () => {
    await browser.close();
    expect(errors).toEqual([]);
  });

  const figure = (name: string): Promise<string> => page.locator(`[data-figure="${name}"]`).innerText();
  const images = async (operator: string): Promise<number> =>
    Number((await figure(`${operator}-images`)).replaceAll(',', '').replace('–', '0'));

  /** Trains with small batches until both networks have seen so many images. */
  async function train(backend: string, least: number, batchSize = 8): Promise<void> {
    await page.selectOption('#backend', backend);
    await page.fill('#batchSize', String(batchSize));
    await page.click('#start');
    await page.waitForFunction(
      (count) =>
        ['conv', 'adder'].every((operator) => {
          const text = document.querySelector(`[data-figure="${operator}-images"]`)?.textContent ?? '';
          return Number(text.replaceAll(',', '')) >= count;
        }),
      least,
      {timeout: START_LIMIT},
    );
  }

  async function expectTraining(): Promise<void> {
    for (const operator of ['conv', 'adder']) {
      expect(Number(await figure(`${operator}-loss`))).toBeGreaterThan(0);
      expect(Number(await figure(`${operator}-rate`))).toBeGreaterThan(0);
      // Filters are drawn: not all pixels are the same.
      const shades = await page.getByLabel(`filters of the first layer, ${operator}`).evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas');
        const {data} = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {data: []};
        return new Set(data).size;
      });
      expect(shades).toBeGreaterThan(10);
    }
    expect(await page.locator('#error').isVisible()).toBe(false);
  }

  interface Setting {
    readonly backend: string;
    readonly batchSize: number;
    /** What the page says when the GPU process dies, and the backend that it then trains on, without a reload. */
    readonly loss?: {readonly message: RegExp; readonly next: string};
  }

  it.each<Setting>([
    {backend: 'wasm', batchSize: 8},
    {backend: 'cpu', batchSize: 8},
    {
      backend: 'webgl',
      batchSize: 8,
      loss: {message: /^webgl: the browser took the WebGL context away.* Train again/, next: 'webgl'},
    },
    {
      backend: 'webgpu',
      batchSize: 2,
      loss: {message: /^webgpu: the browser took the GPU device away.* the backend wasm/, next: 'wasm'},
    },
  ])(
    'trains both operators on $backend, and again after the loss of a GPU',
    {timeout: 300_000},
    async ({backend, batchSize, loss}) => {
      await train(backend, 3 * batchSize, batchSize);
      await expectTraining();
      expect(await page.locator('#status').innerText()).toMatch(
        new RegExp(`^${backend}.*synthetic stand-in for CIFAR-10: 5,000 training and 500 test images of 10 classes`),
      );
      if (backend === 'wasm') {
        await page.locator('[data-figure="adder-top1"]', {hasText: /^\d+\.\d %$/}).waitFor({timeout: START_LIMIT});
      }
      if (loss === undefined) return;
      const session = await browser.newBrowserCDPSession();
      // The answer may be that the GPU process is gone.
      await session.send('Browser.crashGpuProcess').catch(() => undefined);
      await page.locator('#error').waitFor({timeout: START_LIMIT});
      expect(await page.locator('#error').innerText()).toMatch(loss.message);
      expect(await page.locator('#status').innerText()).toBe('Stopped. Change the settings and train again.');
      expect(await page.locator('#pause').isDisabled()).toBe(true);
      await train(loss.next, 2, 2);
      expect(await page.locator('#error').isVisible()).toBe(false);
      expect(await page.locator('#status').innerText()).toMatch(new RegExp(`^${loss.next}`));
    },
  );

  it('changes the backend, pauses, and goes on, while the page answers', {timeout: 300_000}, async () => {
    await train('wasm', 24);
    await train('cpu', 24);
    expect(await page.locator('#status').innerText()).toMatch(/^cpu/);
    await page.click('#pause');
    await page.locator('#pause', {hasText: 'Continue'}).waitFor();
    // A step under way comes to its end.
    await page.waitForTimeout(2000);
    const before = await images('adder');
    await page.waitForTimeout(1000);
    expect(await images('adder')).toBe(before);
    await page.click('#pause');
    await page.waitForFunction(
      (count) =>
        Number(document.querySelector('[data-figure="adder-images"]')?.textContent?.replaceAll(',', '')) > count,
      before,
      {timeout: START_LIMIT},
    );
    // The page itself is never busy for long.
    const longest = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let worst = 0;
          let last = performance.now();
          let frames = 0;
          const look = (now: number): void => {
            worst = Math.max(worst, now - last);
            last = now;
            if (++frames < 60) requestAnimationFrame(look);
            else resolve(worst);
          };
          requestAnimationFrame(look);
        }),
    );
    expect(longest).toBeLessThan(1000);
  });

  it('trains on dropped files', {timeout: 300_000}, async () => {
    // Of the official size: 10,000 records of a label and 3,072 pixels.
    const records = Buffer.alloc(10_000 * 3073, 90);
    for (let record = 0; record < 10_000; record++) records[record * 3073] = record % 10;
    const files = ['data_batch_1.bin', 'test_batch.bin'].map((name) => path.join(folder, name));
    for (const file of files) writeFileSync(file, records);
    await page.setInputFiles('#files', files);
    expect(await page.locator('#files-text').innerText()).toContain('data_batch_1.bin, test_batch.bin');
    await train('wasm', 16);
    expect(await page.locator('#status').innerText()).toContain('CIFAR-10 (10,000 of 50,000): 10,000 training');
  });

  it('says what is wrong with files and settings, and trains afterwards', {timeout: 300_000}, async () => {
    const error = page.locator('#error');
    await page.setInputFiles('#files', [
      {name: 'holiday.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('x')},
    ]);
    await page.click('#start');
    await error.waitFor();
    expect(await error.innerText()).toMatch(/^holiday\.bin: not files of CIFAR-10, CIFAR-100 or MNIST; expected /);

    await page.setInputFiles('#files', [
      {
        name: 'cifar-10-binary.tar.gz',
        mimeType: 'application/gzip',
        buffer: gzipSync(Buffer.alloc(5000)).subarray(0, 20),
      },
    ]);
    await page.click('#start');
    await page.locator('#error', {hasText: 'cifar-10-binary'}).waitFor();
    expect(await error.innerText()).toMatch(
      /^cifar-10-binary\.tar\.gz cannot be unpacked: it is cut off or no tar\.gz/,
    );

    // One that falls beside the area, where a browser left to itself would open it in the page's place.
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'photo.png'));
      const drop = new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true});
      if (document.body.dispatchEvent(drop)) throw new Error('the browser would open the file');
    });
    await page.click('#start');
    await page.locator('#error', {hasText: 'photo.png'}).waitFor();

    await page.setInputFiles('#files', [
      {name: 'test_batch.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(5000)},
    ]);
    await page.click('#start');
    await page.locator('#error', {hasText: 'CIFAR-10'}).waitFor();
    expect(await error.innerText()).toMatch(/data_batch_1\.bin/);

    await page.click('#files-text button');
    for (const box of await page.locator('#operators input').all()) await box.uncheck();
    await page.click('#start');
    await page.locator('#error', {hasText: 'operator'}).waitFor();
    expect(await error.innerText()).toBe('no operator is chosen; expected at least one');
    for (const box of await page.locator('#operators input').all()) await box.check();

    await page.fill('#learningRate', '5');
    await page.fill('#eta', '0');
    await page.selectOption('#backend', 'wasm');
    await train('wasm', 16);
    await expectTraining();
  });
});
