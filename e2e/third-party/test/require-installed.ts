// SPDX-License-Identifier: Apache-2.0
import {expect, inject, type TestContext} from 'vitest';

/** Skips where the registry could not be reached, which a machine other than CI's may be without. */
export function requireInstalled(context: Pick<TestContext, 'skip'>): void {
  const installed = inject('installed');
  context.skip(!installed && process.env.CI === undefined, 'the npm registry cannot be reached');
  expect(installed, 'the npm registry cannot be reached').toBe(true);
}
