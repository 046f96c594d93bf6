// SPDX-License-Identifier: Apache-2.0
import {expect, it} from 'vitest';
import {describeInBrowser} from './browser/describe-in-browser.js';

describeInBrowser((page) => {
  it('the plugin binds a backend that runs on the kernels of this package', async () => {
    expect(await page().call('startPlugin', undefined)).toEqual({
      ...{name: 'placeholder-name', unavailable: undefined, current: 'placeholder-name', y: [-7], ownKernels: true},
    });
  }, 120_000);
});
