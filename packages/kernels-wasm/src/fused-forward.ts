// SPDX-License-Identifier: Apache-2.0
import type {KernelTable, TensorInfo} from '@addernet/core';
import {epilogueTables} from './epilogue-table.js';
import type {ForwardSums} from './forward-sums.js';
import {geometryTable} from './geometry-table.js';
import type {KernelCall} from './kernel-call.js';

type FusedKernel = KernelTable['FusedAdderConv2D' | 'FusedGroupedConv2D'];

/**
 * activation(scale·sums + offset + residual), of which only the result is stored. Where a sum is not finite the fast form may have made it of an infinity,
 * and a clamped output does not tell any more: then the sums come first, are repaired as in the kernels that are not fused, and the rest follows.
 *
 * @param adder 1 for the adder's sums, 0 for the convolution's
 */
export function fusedForward(
  call: KernelCall,
  inputs: FusedKernel['inputs'],
  {geometry, activation}: FusedKernel['attrs'],
  sums: ForwardSums,
  adder: 0 | 1,
): TensorInfo {
  const x = call.address(inputs.x);
  const filter = call.address(inputs.filter);
  const scale = call.address(inputs.scale);
  const offset = call.address(inputs.offset);
  const residual = inputs.residual === undefined ? undefined : call.address(inputs.residual);
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const {tensor, address: y} = call.output([batch, outHeight, outWidth, outChannels]);

  const epilogue = epilogueTables(call, geometry, {scale, offset, residual, y}, activation);
  const tensors = {source: x, filter, filterId: inputs.filter.dataId, target: y};
  if (!sums(call, geometry, tensors, epilogue)) {
    sums(call, geometry, tensors);
    const pixels = batch * outHeight * outWidth;
    call.kernels.repairForward(call.table(geometryTable(geometry)), x, filter, y, adder);
    call.kernels.applyEpilogue(y, pixels, epilogue.groups, epilogue.columns, epilogue.address, epilogue.bytes);
  }
  return tensor;
}
