// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import path from 'node:path';
import {type EvaluationResult, evaluateWeights, listBound, parseNormalization} from '@addernet/runner';
import {enableProdMode} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {createDefaultContainer} from '../src/composition.js';
import {weightFormats} from '../src/weight-formats.js';

enableProdMode();

const root = process.env['ADDERNET_DATA'] ?? '';
const hasTestImages = existsSync(path.join(root, 'cifar-10-batches-bin', 'test_batch.bin'));
const container = createDefaultContainer();

/** Slow backends see as many of the test images as they can in some seconds. */
const SUBSET = 48;
/** Enough for a wrong fusion to show; all test images with the inference form are in docs/results/published-weights.md. */
const FUSED_SUBSET = 512;

const checkpoints = [
  {
    file: 'addernet-resnet20-cifar10.pth',
    architecture: 'resnet20',
    operator: 'adder',
    normalization: undefined,
    top1: 0.9182,
  },
  {
    file: 'resnet20-cifar10-12fca82f.th',
    architecture: 'resnet20-option-a',
    operator: 'conv',
    normalization: parseNormalization('imagenet'),
    top1: 0.9173,
  },
];

describe.each(checkpoints)('$file', ({file, architecture, operator, normalization, top1}) => {
  const weights = path.join(root, 'checkpoints', file);
  const isThere = root !== '' && hasTestImages && existsSync(weights);
  const evaluate = (backend: string, limit?: number, fused = false): Promise<EvaluationResult> =>
    evaluateWeights({
      container,
      formats: weightFormats(),
      architecture,
      operator,
      dataset: 'cifar10',
      data: 'official',
      backend,
      weights,
      fused,
      ...(normalization === undefined ? {} : {normalization}),
      ...(limit === undefined ? {} : {limit}),
    });

  it.skipIf(!isThere)(
    `has its published accuracy on all of CIFAR-10's test images on wasm (needs ADDERNET_DATA with checkpoints/)`,
    async () => {
      const result = await evaluate('wasm');
      expect(result).toMatchObject({images: 10_000, dataKind: 'official', data: 'CIFAR-10'});
      expect(Math.abs(result.top1 - top1)).toBeLessThanOrEqual(0.0005);
    },
    1_800_000,
  );

  it.skipIf(!isThere)(
    'gives the same in its inference form, on some images on wasm (needs ADDERNET_DATA with checkpoints/)',
    async () => {
      const plain = await evaluate('wasm', FUSED_SUBSET);
      const fused = await evaluate('wasm', FUSED_SUBSET, true);
      expect(fused.fused?.absorbed).toBeGreaterThan(40);
      expect(fused).toMatchObject({images: FUSED_SUBSET, top1: plain.top1, top5: plain.top5});
      expect(Math.abs(fused.loss - plain.loss)).toBeLessThan(1e-4);
    },
    600_000,
  );

  it.skipIf(!isThere)(
    'gives the same on every other backend of this machine, on some images (needs ADDERNET_DATA with checkpoints/)',
    async () => {
      const expected = await evaluate('wasm', SUBSET);
      const others: string[] = [];
      for (const {name, unavailableReason} of listBound(container, 'backend')) {
        if (name !== 'wasm' && (await unavailableReason()) === undefined) others.push(name);
      }
      expect(others).toContain('cpu');
      for (const backend of others) {
        for (const fused of [false, true]) {
          const result = await evaluate(backend, SUBSET, fused);
          expect(result).toMatchObject({backend, images: SUBSET, top1: expected.top1, top5: expected.top5});
          expect(Math.abs(result.loss - expected.loss), backend).toBeLessThan(1e-4);
        }
      }
    },
    600_000,
  );
});
