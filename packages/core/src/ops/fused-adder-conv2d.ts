// SPDX-License-Identifier: Apache-2.0
import {op, type Tensor} from '@tensorflow/tfjs-core';
import {type FusedConv2DArguments, fusedOp} from './fused-op.js';

function fusedAdderConv2d_<T extends Tensor>(args: FusedConv2DArguments<T>): T;
function fusedAdderConv2d_(args: FusedConv2DArguments): Tensor {
  return fusedOp('fusedAdderConv2d', 'FusedAdderConv2D', args);
}

/**
 * `adderConv2d` as inference wants it, in one pass, with batch normalisation, a residual connection and the activation at its end:
 *
 *     y = activation(scale·adderConv2d(x, filter) + offset + residual),   adderConv2d(x, filter) = −Σ |x − filter|
 *
 * Batch normalisation with given statistics is scale = γ/√(variance + ε) and offset = β − mean·scale, per output channel.
 * The scale cannot be folded into the filter, as a convolution's can: scale·|x − filter| is no distance of x from another filter.
 * It has to stay a factor of the result, so batch normalisation costs the adder one multiplication per output even where it is fused.
 *
 * For inference alone: it has no gradient, and asking for one is a `GradientError`. Train with `adderConv2d`, `batchNormTraining` and `tf.relu`.
 * The result differs from theirs by rounding. NaN stays NaN in every activation.
 *
 * @returns float32 [batch, outHeight, outWidth, outChannels], or without the batch for a 3-D x
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const fusedAdderConv2d = op({fusedAdderConv2d_});
