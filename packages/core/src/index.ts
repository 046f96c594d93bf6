// SPDX-License-Identifier: Apache-2.0
export * from './kernels/contract.js';
export * from './kernels/define-kernel.js';
