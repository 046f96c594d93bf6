// SPDX-License-Identifier: Apache-2.0
import {
  type Rank,
  type Tensor,
  Tensor as TensorClass,
  tensor,
  type Tensor1D,
  type TensorLike,
} from '@tensorflow/tfjs-core';
import {describeValue} from '../describe-value.js';
import {ArgumentError, DtypeError, ShapeError} from '../errors.js';

/** An argument of an op as a float32 tensor. Plain arrays become tensors; other dtypes are refused, as a cast would hide a mistake. */
export function float32Tensor(opName: string, name: string, value: Tensor | TensorLike): Tensor {
  if (value === undefined || value === null) {
    throw new ArgumentError(`${opName}: ${name} is ${String(value)}; expected a tensor or numbers`);
  }
  const converted = value instanceof TensorClass ? value : tensor(value);
  if (converted.dtype !== 'float32') {
    throw new DtypeError(`${opName}: ${name} has dtype ${converted.dtype}; expected float32`);
  }
  return converted;
}

/** A float32 vector of `length` elements, the channels of x. */
export function channelVector(opName: string, name: string, value: Tensor | TensorLike, length: number): Tensor1D {
  const vector = float32Tensor(opName, name, value);
  if (hasRank(vector, 1) && vector.shape[0] === length) return vector;
  throw new ShapeError(
    `${opName}: ${name} has shape [${vector.shape.join(', ')}]; x has ${length} channels, expected [${length}]`,
  );
}

/** Shapes of tensors by rank, for narrowing. */
interface RankName {
  1: Rank.R1;
  2: Rank.R2;
  3: Rank.R3;
  4: Rank.R4;
}

export function hasRank<R extends keyof RankName>(value: Tensor, rank: R): value is Tensor<RankName[R]> {
  return value.rank === rank;
}

/** @throws ArgumentError unless `value` is one of `valid` or undefined, which gives the default. */
export function chosen<Choice extends string>(
  opName: string,
  name: string,
  value: Choice | undefined,
  valid: readonly Choice[],
  fallback: Choice,
): Choice {
  if (value === undefined) return fallback;
  if (valid.includes(value)) return value;
  throw new ArgumentError(
    `${opName}: ${name} is ${describeValue(value)}; expected one of ${valid.map((choice) => `'${choice}'`).join(', ')}`,
  );
}
