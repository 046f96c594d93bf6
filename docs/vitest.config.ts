// SPDX-License-Identifier: Apache-2.0
import {defineConfig, mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../vitest.shared.ts';

export default mergeConfig(packageTestConfig, defineConfig({test: {testTimeout: 120_000, hookTimeout: 120_000}}));
