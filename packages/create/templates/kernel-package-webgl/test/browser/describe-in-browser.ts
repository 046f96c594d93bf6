// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, describe} from 'vitest';
import {openPage, type Page, whySkipped} from './open-page.js';

/** Tests with a page that is open while they run; skipped by name where there is no browser, but in CI. */
export function describeInBrowser(tests: (page: () => Page) => void): void {
  describe.skipIf(whySkipped !== undefined)(`in a browser${whySkipped === undefined ? '' : ` (${whySkipped})`}`, () => {
    let page: Page;
    beforeAll(async () => {
      page = await openPage();
    }, 120_000);
    afterAll(() => page?.close());
    tests(() => page);
  });
}
