// SPDX-License-Identifier: Apache-2.0
import {add, maximum, minimum, mul, type Tensor, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Activation, KernelTable} from '../contract.js';
import {nanMask} from './nan-mask.js';

/** activation(scale·sums + offset + residual), what a fused kernel makes of its op's sums. */
export function epilogue(
  sums: Tensor,
  tensor: (info: TensorInfo) => Tensor,
  {scale, offset, residual}: KernelTable['FusedAdderConv2D']['inputs'],
  activation: Activation,
): Tensor {
  const shifted = add(mul(sums, tensor(scale)), tensor(offset));
  const y: Tensor = residual === undefined ? shifted : add(shifted, tensor(residual));
  if (activation === 'linear') return y;
  const positive = maximum(y, 0);
  // On some backends TF.js's maximum and minimum give the other operand for NaN.
  return add(activation === 'relu' ? positive : minimum(positive, 6), nanMask(y));
}
