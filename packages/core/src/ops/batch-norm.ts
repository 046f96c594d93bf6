// SPDX-License-Identifier: Apache-2.0
import {op, reshape, type Tensor, type Tensor1D, type TensorLike} from '@tensorflow/tfjs-core';
import {describeValue} from '../describe-value.js';
import {ArgumentError, ShapeError} from '../errors.js';
import {registerBatchNormGradients} from '../gradients/batch-norm.js';
import {registerBatchNormInferenceGradients} from '../gradients/batch-norm-inference.js';
import {registerReshapeGradient} from '../gradients/reshape.js';
import {runMultiple, runSingle} from '../kernels/run.js';
import {channelVector, float32Tensor, hasRank} from './arguments.js';

/** PyTorch's default, which the AdderNet authors train with (tf.layers has 1e-3). */
const DEFAULT_EPSILON = 1e-5;

function batchNormTraining_<T extends Tensor>(
  x: T | TensorLike,
  scale: Tensor | TensorLike,
  offset: Tensor | TensorLike,
  epsilon?: number,
): {y: T; mean: Tensor1D; variance: Tensor1D};
function batchNormTraining_(
  x: Tensor | TensorLike,
  scale: Tensor | TensorLike,
  offset: Tensor | TensorLike,
  epsilon = DEFAULT_EPSILON,
): {y: Tensor; mean: Tensor; variance: Tensor} {
  const opName = 'batchNormTraining';
  checkEpsilon(opName, epsilon);
  const {input, rows, channels} = asRows(opName, x);
  registerBatchNormGradients();
  const [y, mean, variance] = runMultiple(
    'BatchNormTraining',
    {
      x: rows,
      scale: channelVector(opName, 'scale', scale, channels),
      offset: channelVector(opName, 'offset', offset, channels),
    },
    {epsilon},
    3,
  );
  return {y: hasRank(input, 2) ? y : reshape(y, input.shape), mean, variance};
}

/**
 * Batch normalisation in training (Ioffe & Szegedy, arXiv 1502.03167), over all axes but the last:
 *
 *     y = (x − mean)/√(variance + epsilon)·scale + offset
 *
 * The variance is biased (Σ(x − mean)²/rows) and taken about the mean, never as E[x²] − E[x]², which fails for the large negative means of
 * adder layers.
 *
 * Differentiable in x, scale and offset, through y. `mean` and `variance` are for running statistics and are not differentiated: a loss that
 * depends on them gets no gradient from there. An empty batch has a NaN mean and variance.
 *
 * @param x float32, rank 2 or more, channels last
 * @param scale float32 [channels]
 * @param offset float32 [channels]
 * @param epsilon added to the variance; at least 0. Default 1e-5
 * @returns y of x's shape, mean and variance [channels]
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const batchNormTraining = op({batchNormTraining_});

function batchNormInference_<T extends Tensor>(
  x: T | TensorLike,
  mean: Tensor | TensorLike,
  variance: Tensor | TensorLike,
  scale: Tensor | TensorLike,
  offset: Tensor | TensorLike,
  epsilon?: number,
): T;
function batchNormInference_(
  x: Tensor | TensorLike,
  mean: Tensor | TensorLike,
  variance: Tensor | TensorLike,
  scale: Tensor | TensorLike,
  offset: Tensor | TensorLike,
  epsilon = DEFAULT_EPSILON,
): Tensor {
  const opName = 'batchNormInference';
  checkEpsilon(opName, epsilon);
  const {input, rows, channels} = asRows(opName, x);
  registerBatchNormInferenceGradients();
  const y = runSingle(
    'BatchNormInference',
    {
      x: rows,
      mean: channelVector(opName, 'mean', mean, channels),
      variance: channelVector(opName, 'variance', variance, channels),
      scale: channelVector(opName, 'scale', scale, channels),
      offset: channelVector(opName, 'offset', offset, channels),
    },
    {epsilon},
  );
  return hasRank(input, 2) ? y : reshape(y, input.shape);
}

/**
 * Batch normalisation with given statistics, as at inference: y = (x − mean)/√(variance + epsilon)·scale + offset. Differentiable in all five.
 *
 * @param x float32, rank 2 or more, channels last
 * @param mean float32 [channels]
 * @param variance float32 [channels]
 * @param scale float32 [channels]
 * @param offset float32 [channels]
 * @param epsilon added to the variance; at least 0. Default 1e-5
 * @returns y of x's shape
 * @throws ShapeError, ArgumentError, DtypeError
 * @function
 */
export const batchNormInference = op({batchNormInference_});

function checkEpsilon(opName: string, epsilon: number): void {
  if (Number.isFinite(epsilon) && epsilon >= 0) return;
  throw new ArgumentError(`${opName}: epsilon is ${describeValue(epsilon)}; expected a number of at least 0`);
}

/** x, and x seen as [rows, channels]. */
function asRows(opName: string, x: Tensor | TensorLike): {input: Tensor; rows: Tensor; channels: number} {
  const input = float32Tensor(opName, 'x', x);
  const channels = input.shape.at(-1) ?? 0;
  if (input.rank < 2 || channels < 1) {
    throw new ShapeError(
      `${opName}: x has shape [${input.shape.join(', ')}]; expected rank 2 or more, channels last, at least one channel`,
    );
  }
  if (hasRank(input, 2)) return {input, rows: input, channels};
  registerReshapeGradient();
  return {input, rows: reshape(input, [input.size / channels, channels]), channels};
}
