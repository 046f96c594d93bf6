// SPDX-License-Identifier: Apache-2.0
import {defineConfig} from 'vitest/config';

/**
 * Test settings of every package. Workspace packages are read from their sources (export condition `@addernet/source`), so tests need no
 * build; results also go to reports/vitest.json, from which `npm run check` counts.
 */
export const packageTestConfig = defineConfig({
  ssr: {resolve: {conditions: ['@addernet/source', 'module', 'node', 'development|production']}},
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', ['json', {outputFile: 'reports/vitest.json'}]],
  },
});
