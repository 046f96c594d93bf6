// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {bundleWithWebpack} from '../harness/bundle-with-webpack.ts';
import {describeInChromium} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {ThreadsPage} from '../pages/threads.ts';
import {expectLearning} from './expect-learning.ts';

const BUNDLERS = {
  vite: () => bundleWithVite('threads'),
  webpack: () => bundleWithWebpack('threads'),
};
const REQUEST = {architecture: 'tiny', operator: 'adder', batchSize: 32, batches: 2, epochs: 4} as const;

describeInChromium('threads in Chromium', () => {
  describe.each(['vite', 'webpack'] as const)('bundled and minified by %s', (bundler) => {
    let bundle: Bundle;
    beforeAll(async () => {
      bundle = await BUNDLERS[bundler]();
    }, 240_000);
    afterAll(() => bundle?.close());

    async function withPage<Result>(isolated: boolean, use: (page: PageSession<ThreadsPage>) => Promise<Result>) {
      const page = await PageSession.open<ThreadsPage>(bundle, 'threads', {isolated});
      try {
        const result = await use(page);
        expect(page.errors).toEqual([]);
        return result;
      } finally {
        await page.close();
      }
    }

    it('train a network in a worker of a cross-origin-isolated page, to the same losses for any number', async () => {
      const losses = await withPage(true, async (page) => {
        const reports = [];
        for (const threads of [3, 2, 1]) {
          expect(await page.call('start', threads, 60_000)).toMatchObject({threads, sharedMemory: true});
          const report = await page.call('train', REQUEST, 60_000);
          expectLearning(report, REQUEST.epochs);
          reports.push(report.losses);
          console.log(`${bundler}, ${threads} threads: ${(await page.call('time', 50, 60_000)).toFixed(2)} ms`);
        }
        return reports;
      });
      expect(losses[1]).toEqual(losses[0]);
      expect(losses[2]).toEqual(losses[0]);
    });

    it('are one in the main thread of a page, and without isolation, which is said', async () => {
      await withPage(true, async (page) => {
        const here = await page.call('startHere', 2, 60_000);
        expect(here).toMatchObject({threads: 1, sharedMemory: false, reason: expect.stringContaining('main thread')});
      });
      await withPage(false, async (page) => {
        const reason = expect.stringContaining('not cross-origin isolated');
        expect(await page.call('start', 2, 60_000)).toMatchObject({threads: 1, sharedMemory: false, reason});
        expectLearning(await page.call('train', REQUEST, 60_000), REQUEST.epochs);
      });
    });
  });
});
