// SPDX-License-Identifier: Apache-2.0
import {expect, it} from 'vitest';
import {describeInBrowser} from './browser/describe-in-browser.js';

/** Time limit of the whole kit, ms: without a GPU it takes minutes, on a busy machine many. */
const LIMIT = 1_800_000;

/** A part of the kit, for the time in which a kernel is written: CASES='AdderConv2D/stride-*' npm test. */
const {CASES} = process.env;

describeInBrowser((page) => {
  it(
    'the kernels pass the conformance kit',
    async () => {
      const {passed, failures} = await page().call('conformance', CASES === undefined ? {} : {cases: CASES});
      expect(failures).toBe('');
      expect(passed).toBeGreaterThan(0);
    },
    LIMIT,
  );
});
