// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Bundle} from '../harness/bundle.ts';
import {bundleWithWebpack} from '../harness/bundle-with-webpack.ts';
import {describeInChromium} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {TrainingWasmPage} from '../pages/training-wasm.ts';
import {expectLearning} from './expect-learning.ts';

describeInChromium('a page bundled by webpack', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWithWebpack('training-wasm');
  }, 240_000);
  afterAll(() => bundle?.close());

  it.for([{isolated: false}, {isolated: true}])('trains on wasm, %o', async ({isolated}) => {
    const page = await PageSession.open<TrainingWasmPage>(bundle, 'training-wasm', {isolated});
    try {
      const environment = await page.call('start', null, 60_000);
      console.log(`webpack: ${JSON.stringify(environment)}`);
      expect(environment).toMatchObject({backend: 'wasm', isolated});
      const request = {architecture: 'tiny', operator: 'adder', batchSize: 32, batches: 2, epochs: 4} as const;
      expectLearning(await page.call('train', request, 60_000), request.epochs);
      expect(page.errors).toEqual([]);
    } finally {
      await page.close();
    }
  });
});
