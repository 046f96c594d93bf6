// SPDX-License-Identifier: Apache-2.0
import type {FilterGradient, InputGradient} from '@addernet/core';
import type {Operator} from '@addernet/plugin';
import {AdderConv2D} from '../layers/adder-conv2d.js';
import {AdderDense} from '../layers/adder-dense.js';
import {FusedAdderConv2D} from '../layers/fused-adder-conv2d.js';
import {FusedAdderDense} from '../layers/fused-adder-dense.js';
import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from './energy.js';
import {conv2dConfig, denseConfig} from './request.js';

export interface AdderOperatorOptions {
  /** Name by which experiments ask for it. */
  readonly name: string;
  readonly description?: string;
  /** Default 'full-precision'. */
  readonly filterGradient?: FilterGradient;
  /** Default 'hard-tanh'. */
  readonly inputGradient?: InputGradient;
}

/** An adder with other surrogate gradients than the paper's (arXiv 1912.13200, section 3.2), for comparisons between them. */
export function createAdderOperator(options: AdderOperatorOptions): Operator {
  const {name, description = 'AdderNet, −Σ |X − F|', filterGradient, inputGradient} = options;
  const gradients = {filterGradient: filterGradient ?? null, inputGradient: inputGradient ?? null};
  return {
    name,
    description,
    conv2d: (request) => new AdderConv2D({...conv2dConfig(request), ...gradients}),
    dense: (request) => new AdderDense({...denseConfig(request), ...gradients}),
    layerClassNames: [
      AdderConv2D.className,
      AdderDense.className,
      FusedAdderConv2D.className,
      FusedAdderDense.className,
    ],
    operationsPerTap: {multiplications: 0, additions: 2},
    energyPerTap: {
      float32: 2 * OPERATION_ENERGY.float32.addition,
      int8: 2 * OPERATION_ENERGY.int8.addition,
      source: OPERATION_ENERGY_SOURCE,
    },
  };
}

/** AdderNet's operator (arXiv 1912.13200, eq. 2): a subtraction and an addition per tap, no multiplication. Taking |·| is not counted, as there. */
export const adderOperator: Operator = createAdderOperator({name: 'adder'});
