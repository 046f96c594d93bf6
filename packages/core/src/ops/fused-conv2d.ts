// SPDX-License-Identifier: Apache-2.0
import {op, type Tensor} from '@tensorflow/tfjs-core';
import {type FusedConv2DArguments, fusedOp} from './fused-op.js';

function fusedConv2d_<T extends Tensor>(args: FusedConv2DArguments<T>): T;
function fusedConv2d_(args: FusedConv2DArguments): Tensor {
  return fusedOp('fusedConv2d', 'FusedGroupedConv2D', args);
}

/**
 * `conv2d` as inference wants it, in one pass, with batch normalisation, a residual connection and the activation at its end:
 *
 *     y = activation(scale·conv2d(x, filter) + offset + residual),   conv2d(x, filter) = Σ x·filter
 *
 * Batch normalisation with given statistics is scale = γ/√(variance + ε) and offset = β − mean·scale, per output channel.
 * The scale may as well be folded into the filter, filter·scale, and be left out here; the kernels cost the same either way, and the rounding
 * is that of the unfused ops if it is not. Beyond `tf.fused.conv2d` there are the scale, the residual, groups and explicit padding.
 *
 * For inference alone: it has no gradient, and asking for one is a `GradientError`. Train with `conv2d`, `batchNormTraining` and `tf.relu`.
 * The result differs from theirs by rounding. NaN stays NaN in every activation.
 *
 * @returns float32 [batch, outHeight, outWidth, outChannels], or without the batch for a 3-D x
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const fusedConv2d = op({fusedConv2d_});
