// SPDX-License-Identifier: Apache-2.0
import {mergeConfig} from 'vitest/config';
import {packageTestConfig} from '../../vitest.shared.ts';

// The compiler and vitest run over what was generated, which takes its time on a busy machine.
export default mergeConfig(packageTestConfig, {test: {testTimeout: 240_000}});
