// SPDX-License-Identifier: Apache-2.0
import {defineConfig, mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../../vitest.shared.ts';

export default mergeConfig(
  packageTestConfig,
  defineConfig({test: {globalSetup: 'test/setup.ts', testTimeout: 240_000, hookTimeout: 240_000}}),
);
