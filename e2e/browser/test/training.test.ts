// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {describeInChromium, whyMissing} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {BackendKey} from '../pages/backends.ts';
import type {TrainingPage} from '../pages/training.ts';
import {expectLearning} from './expect-learning.ts';

/** A backend, and an architecture that it trains in seconds. */
const SETTINGS: readonly {backend: BackendKey; architecture: string}[] = [
  {backend: 'cpu', architecture: 'tiny'},
  {backend: 'wasm', architecture: 'resnet20'},
];

describeInChromium('training in Chromium', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWithVite('training');
  });
  afterAll(() => bundle?.close());

  describe.each(SETTINGS)('$architecture on $backend', ({backend, architecture}) => {
    let page: PageSession<TrainingPage>;
    let missing: string | undefined;

    beforeAll(async () => {
      page = await PageSession.open(bundle, 'training');
      missing = await whyMissing(backend, () => page.call('start', {backend}, 60_000));
    });
    afterAll(() => page?.close());

    it.for(['conv', 'adder'] as const)('%s', async (operator, {skip}) => {
      if (missing !== undefined) skip(missing);
      const request = {architecture, operator, batchSize: 32, batches: 2, epochs: 4};
      const report = await page.call('train', request, 120_000);
      console.log(`${operator} ${architecture} on ${backend}: ${JSON.stringify(report)}`);
      expectLearning(report, request.epochs);
      expect(page.errors).toEqual([]);
    });
  });
});
