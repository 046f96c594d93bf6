// SPDX-License-Identifier: Apache-2.0
export * from './filter-tiles.js';
export * from './summarize-weights.js';
export * from './weight-histogram.js';
