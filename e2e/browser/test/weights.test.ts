// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {WITHOUT_ZEROING} from '../harness/chromium.ts';
import {describeInChromium, whyMissing} from '../harness/describe-in-chromium.ts';
import {PageSession} from '../harness/page-session.ts';
import type {BackendKey} from '../pages/backends.ts';
import type {WeightsPage, WeightsReport, WeightsRequest} from '../pages/weights.ts';

const root = process.env['ADDERNET_DATA'] ?? '';
const images = join(root, 'cifar-10-batches-bin', 'test_batch.bin');

const IMAGENET = {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]};
const CHECKPOINTS: readonly WeightsRequest[] = [
  {weights: 'addernet-resnet20-cifar10.pth', architecture: 'resnet20', operator: 'adder', images: 48},
  {
    weights: 'resnet20-cifar10-12fca82f.th',
    architecture: 'resnet20-option-a',
    operator: 'conv',
    normalization: IMAGENET,
    images: 48,
  },
];

/** The published networks are right about 92 % of all test images; of the first 48, wasm says how many. */
const LEAST_CORRECT = 40;

/** Of the loss, in nats: sums round in another order, twenty layers deep. A kernel that is wrong anywhere is off by tenths. */
const ROUNDING = 5e-4;

describeInChromium('published weights', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWithVite('weights');
  });
  afterAll(() => bundle?.close());

  describe.each(CHECKPOINTS)('$weights', (request) => {
    const checkpoint = join(root, 'checkpoints', request.weights);
    const isThere = root !== '' && existsSync(checkpoint) && existsSync(images);
    let expected: WeightsReport;

    async function evaluate(backend: BackendKey, skip: (reason: string) => never) {
      await copyFile(checkpoint, join(bundle.folder, request.weights));
      await copyFile(images, join(bundle.folder, 'test_batch.bin'));
      const page = await PageSession.open<WeightsPage>(bundle, 'weights', {
        chromiumFlags: backend === 'webgpu' ? [WITHOUT_ZEROING] : [],
      });
      try {
        const missing = await whyMissing(backend, () => page.call('start', {backend}, 60_000));
        if (missing !== undefined) return skip(missing);
        const report = await page.call('evaluate', request, 180_000);
        expect(page.errors).toEqual([]);
        return report;
      } finally {
        await page.close();
      }
    }

    beforeAll(async () => {
      if (!isThere) return;
      const report = await evaluate('wasm', (reason) => {
        throw new Error(reason);
      });
      expect(report.plain.correct).toBeGreaterThanOrEqual(LEAST_CORRECT);
      expected = report.plain;
    }, 240_000);

    it.skipIf(!isThere).for(['cpu', 'webgl', 'webgpu'] as const)(
      'give the same on %s as on wasm, as trained and fused (needs ADDERNET_DATA with checkpoints/)',
      {timeout: 240_000},
      async (backend, {skip}) => {
        const report = await evaluate(backend, skip);
        for (const form of ['plain', 'fused'] as const) {
          expect(report[form].correct, form).toBe(expected.correct);
          expect(Math.abs(report[form].loss - expected.loss), form).toBeLessThan(ROUNDING);
        }
      },
    );
  });
});
