// SPDX-License-Identifier: Apache-2.0
import type {InputGradient} from '@addernet/core';

/** What dY is multiplied by in an input gradient, as assembly/input-gradient-direct.ts numbers it: the adder's surrogates, and the convolution's F. */
export const REPAIR_FACTOR = {
  'hard-tanh': 0,
  sign: 1,
  'full-precision': 2,
  filter: 3,
} as const satisfies Record<InputGradient | 'filter', number>;
