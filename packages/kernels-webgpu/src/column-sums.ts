// SPDX-License-Identifier: Apache-2.0
import {disposingOnError, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {runProgram} from './program.js';
import {columnSumParts, columnSums, type ColumnTerm, partRowsOf} from './programs/column-sums.js';

/** Sums of a term's expressions over the rows of matrices [rows, channels], divided by `divisor`: a vector [channels] of each. */
export function sumColumns(
  kernelName: string,
  backend: WebgpuBackend,
  term: ColumnTerm,
  inputs: readonly TensorInfo[],
  size: readonly [number, number],
  divisor: number,
): TensorInfo[] {
  const [rows, channels] = size;
  const shape = [term.expressions.length, Math.ceil(rows / partRowsOf(rows)), channels];
  const parts = runProgram(backend, `${kernelName}: parts`, columnSumParts(term, size), inputs, shape);
  return withTemporaries(backend, [parts], () =>
    disposingOnError(backend, (keep) =>
      term.expressions.map((_, index) =>
        keep(runProgram(backend, kernelName, columnSums(size, index, divisor), [parts], [channels])),
      ),
    ),
  );
}
