// SPDX-License-Identifier: Apache-2.0
import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from '@addernet/nn';
import type {Operator} from '@addernet/plugin';
import {PlaceholderNameConv2D} from './placeholder-name-conv2d.js';
import {PlaceholderNameDense} from './placeholder-name-dense.js';

/** The operator: its layers, what one tap costs, and the name by which experiments ask for it. */
export const placeholderNameOperator: Operator = {
  name: 'placeholder-name',
  description: 'squared distance, −Σ (X − F)²',
  conv2d: (request) => new PlaceholderNameConv2D(request),
  dense: (request) => new PlaceholderNameDense(request),
  layerClassNames: [PlaceholderNameConv2D.className, PlaceholderNameDense.className],
  // By the definition: a subtraction, a multiplication and an addition.
  operationsPerTap: {multiplications: 1, additions: 2},
  energyPerTap: {
    float32: OPERATION_ENERGY.float32.multiplication + 2 * OPERATION_ENERGY.float32.addition,
    int8: OPERATION_ENERGY.int8.multiplication + 2 * OPERATION_ENERGY.int8.addition,
    source: OPERATION_ENERGY_SOURCE,
  },
};
