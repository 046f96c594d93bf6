// SPDX-License-Identifier: Apache-2.0
import {expect} from 'vitest';
import type {TrainingReport} from '../pages/train.ts';

/** The loss is finite and falls by a tenth at least, and nothing is left in memory. */
export function expectLearning({losses, tensorsLeft}: TrainingReport, epochs: number): void {
  expect(losses).toHaveLength(epochs);
  for (const loss of losses) expect(loss).toSatisfy(Number.isFinite);
  expect(losses.at(-1)).toBeLessThan(0.9 * Number(losses[0]));
  expect(tensorsLeft).toBe(0);
}
