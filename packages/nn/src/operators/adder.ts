// SPDX-License-Identifier: Apache-2.0
import type {Operator} from '@addernet/plugin';
import {AdderConv2D} from '../layers/adder-conv2d.js';
import {AdderDense} from '../layers/adder-dense.js';
import {FusedAdderConv2D} from '../layers/fused-adder-conv2d.js';
import {FusedAdderDense} from '../layers/fused-adder-dense.js';
import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from './energy.js';
import {conv2dConfig, denseConfig} from './request.js';

/** AdderNet's operator (arXiv 1912.13200, eq. 2): a subtraction and an addition per tap, no multiplication. Taking |·| is not counted, as there. */
export const adderOperator: Operator = {
  name: 'adder',
  description: 'AdderNet, −Σ |X − F|',
  conv2d: (request) => new AdderConv2D(conv2dConfig(request)),
  dense: (request) => new AdderDense(denseConfig(request)),
  layerClassNames: [AdderConv2D.className, AdderDense.className, FusedAdderConv2D.className, FusedAdderDense.className],
  operationsPerTap: {multiplications: 0, additions: 2},
  energyPerTap: {
    float32: 2 * OPERATION_ENERGY.float32.addition,
    int8: 2 * OPERATION_ENERGY.int8.addition,
    source: OPERATION_ENERGY_SOURCE,
  },
};
