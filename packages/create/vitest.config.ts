// SPDX-License-Identifier: Apache-2.0
import {mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../../vitest.shared.ts';

// The templates' own tests, too: they are what is generated, but for names. The conformance kit, which takes its time, is run by e2e/third-party; those
// for this repository's own packages by tools/nx-plugin.
export default mergeConfig(packageTestConfig, {
  test: {
    include: ['templates/*/test/*.test.ts'],
    exclude: [
      'templates/kernel-package/test/conformance.test.ts',
      'templates/kernel-package-*',
      'templates/workspace-*',
    ],
  },
});
