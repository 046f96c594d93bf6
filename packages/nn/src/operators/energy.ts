// SPDX-License-Identifier: Apache-2.0

/**
 * Energy of one operation in a 45 nm process at 0.9 V, in picojoule: M. Horowitz, "Computing's energy problem (and what we can do about it)",
 * ISSCC 2014, figure 1.1.9. The works on add-based networks take their energy figures from it. Arithmetic alone: moving the operands costs
 * more than any of these.
 */
export const OPERATION_ENERGY = {
  float32: {multiplication: 3.7, addition: 0.9},
  int8: {multiplication: 0.2, addition: 0.03},
} as const;

/** Where {@link OPERATION_ENERGY} comes from, for reports. */
export const OPERATION_ENERGY_SOURCE =
  'M. Horowitz, Computing’s energy problem (and what we can do about it), ISSCC 2014, fig. 1.1.9 (45 nm, 0.9 V)';
