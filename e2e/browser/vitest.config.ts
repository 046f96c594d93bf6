// SPDX-License-Identifier: Apache-2.0
import {defineConfig, mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../../vitest.shared.ts';

// Pages have time limits of their own, which say what hung; vitest's are the net below them.
export default mergeConfig(packageTestConfig, defineConfig({test: {testTimeout: 300_000, hookTimeout: 120_000}}));
