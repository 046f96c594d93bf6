// SPDX-License-Identifier: Apache-2.0
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openPage, type Page, whySkipped} from './browser/open-page.js';

describe.skipIf(whySkipped !== undefined)(`in a browser${whySkipped === undefined ? '' : ` (${whySkipped})`}`, () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage();
  }, 120_000);
  afterAll(() => page?.close());

  it('the plugin binds a backend that runs on the kernels of this package', async () => {
    expect(await page.call('startPlugin', undefined)).toEqual({
      ...{name: 'placeholder-name', unavailable: undefined, current: 'placeholder-name', y: [-7], ownKernels: true},
    });
  }, 120_000);
});
