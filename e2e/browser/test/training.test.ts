// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {WITHOUT_ZEROING} from '../harness/chromium.ts';
import {describeInChromium, whyMissing} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {TrainingPage} from '../pages/training.ts';
import {expectLearning} from './expect-learning.ts';

/** A backend, and an architecture and a number of images that it gets through in seconds. */
const SETTINGS = [
  {backend: 'cpu', architecture: 'tiny', batchSize: 32, batches: 2},
  {backend: 'wasm', architecture: 'resnet20', batchSize: 32, batches: 2},
  {backend: 'webgl', architecture: 'tiny', batchSize: 8, batches: 2},
  {backend: 'webgpu', architecture: 'tiny', batchSize: 8, batches: 2},
] as const;

describeInChromium('training in Chromium', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWithVite('training');
  });
  afterAll(() => bundle?.close());

  describe.each(SETTINGS)('$architecture on $backend', ({backend, ...images}) => {
    let page: PageSession<TrainingPage>;
    let missing: string | undefined;

    beforeAll(async () => {
      page = await PageSession.open(bundle, 'training');
      missing = await whyMissing(backend, () => page.call('start', {backend}, 60_000));
    });
    afterAll(() => page?.close());

    it.for(['conv', 'adder'] as const)('%s', async (operator, {skip}) => {
      if (missing !== undefined) skip(missing);
      const request = {...images, operator, epochs: 4};
      const report = await page.call('train', request, 120_000);
      console.log(`${operator} ${images.architecture} on ${backend}: ${JSON.stringify(report)}`);
      expectLearning(report, request.epochs);
      expect(page.errors).toEqual([]);
    });
  });

  it.for(['conv', 'adder'] as const)(
    '%s resnet20 on webgl and webgpu has the losses that it has on cpu',
    async (operator, {skip}) => {
      const request = {architecture: 'resnet20', operator, batchSize: 2, batches: 1, epochs: 3};
      const losses: Record<string, readonly number[]> = {};
      for (const backend of ['cpu', 'webgl', 'webgpu'] as const) {
        const page = await PageSession.open<TrainingPage>(bundle, 'training', {
          chromiumFlags: backend === 'webgpu' ? [WITHOUT_ZEROING] : [],
        });
        try {
          const missing = await whyMissing(backend, () => page.call('start', {backend}, 60_000));
          if (missing !== undefined) return skip(missing);
          losses[backend] = (await page.call('train', request, 120_000)).losses;
          expect(page.errors).toEqual([]);
        } finally {
          await page.close();
        }
      }
      console.log(`${operator} resnet20: ${JSON.stringify(losses)}`);
      for (const backend of ['webgl', 'webgpu']) {
        expect(losses[backend]).toHaveLength(request.epochs);
        // Roundings differ by 1e-7 of a sum, and every step of training makes more of them.
        losses[backend].forEach((loss, step) => expect(loss / losses.cpu[step]).toBeCloseTo(1, step === 0 ? 5 : 3));
      }
    },
  );
});
