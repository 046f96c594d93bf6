// SPDX-License-Identifier: Apache-2.0
export * from './operator.js';
export * from './architecture.js';
export * from './dataset.js';
export * from './backend.js';
export * from './costs.js';
export * from './evaluation.js';
export * from './inference.js';
export * from './machine.js';
export * from './launcher.js';
export * from './layers.js';
export * from './recipe.js';
export * from './records.js';
export * from './report.js';
export * from './tokens.js';
export * from './tracker.js';
