// SPDX-License-Identifier: Apache-2.0
import type {Operator} from '@addernet/plugin';
import {Conv2D} from '../layers/conv2d.js';
import {Dense} from '../layers/dense.js';
import {FusedConv2D} from '../layers/fused-conv2d.js';
import {FusedDense} from '../layers/fused-dense.js';
import {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from './energy.js';
import {conv2dConfig, denseConfig} from './request.js';

/** The ordinary convolution: one multiplication and one addition per tap. */
export const convOperator: Operator = {
  name: 'conv',
  description: 'ordinary convolution, Σ X·F',
  conv2d: (request) => new Conv2D(conv2dConfig(request)),
  dense: (request) => new Dense(denseConfig(request)),
  layerClassNames: [Conv2D.className, Dense.className, FusedConv2D.className, FusedDense.className],
  operationsPerTap: {multiplications: 1, additions: 1},
  energyPerTap: {
    float32: OPERATION_ENERGY.float32.multiplication + OPERATION_ENERGY.float32.addition,
    int8: OPERATION_ENERGY.int8.multiplication + OPERATION_ENERGY.int8.addition,
    source: OPERATION_ENERGY_SOURCE,
  },
};
