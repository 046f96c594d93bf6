// SPDX-License-Identifier: Apache-2.0
// Float64 references of every op and gradient, over plain arrays, without TF.js: what kernels are measured against.
export * from './reference/adder-conv2d.js';
export * from './reference/batch-norm.js';
export * from './reference/conv2d.js';
export * from './reference/fused.js';
export {visitTaps} from './reference/visit-taps.js';
