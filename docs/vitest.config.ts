// SPDX-License-Identifier: Apache-2.0
import {defineConfig, mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../vitest.shared.ts';

export default mergeConfig(
  packageTestConfig,
  defineConfig({
    // Of the packages transformed below, it would tell that their source maps have no sources.
    logLevel: 'error',
    test: {
      testTimeout: 120_000,
      hookTimeout: 120_000,
      // It imports JSON in a way that Node does not know.
      server: {deps: {inline: ['@actions/workflow-parser', '@actions/expressions']}},
    },
  }),
);
