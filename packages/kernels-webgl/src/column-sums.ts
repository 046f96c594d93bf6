// SPDX-License-Identifier: Apache-2.0
import {disposingOnError, withTemporaries} from '@addernet/core';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from './backend.js';
import {maxTextureSize} from './device.js';
import {runProgram, runTableProgram} from './program.js';
import {columnSumParts, columnSums, type ColumnTerm, rowParts} from './programs/column-sums.js';
import {texelTable} from './texel-table.js';

/** Sums of a term over the rows of matrices [rows, channels], divided by `divisor`: as many vectors [channels] as are asked for, in one draw and one for each. */
export function sumColumns(
  kernelName: string,
  backend: WebglBackend,
  term: ColumnTerm,
  inputs: readonly TensorInfo[],
  [rows, channels]: readonly [number, number],
  {divisor, count}: {readonly divisor: number; readonly count: 1 | 2},
): TensorInfo[] {
  const parts = rowParts(rows, channels);
  const entries = parts.parts * Math.ceil(channels / 2);
  const table = texelTable(`${kernelName}: sums over rows`, entries, 1, maxTextureSize());
  const sums = runTableProgram(backend, columnSumParts(term, parts, table), inputs, table);
  return withTemporaries(backend, [sums], () =>
    disposingOnError(backend, (keep) =>
      (['xy', 'zw'] as const)
        .slice(0, count)
        .map((components) =>
          keep(runProgram(backend, columnSums(table, parts, components, divisor), [sums], [channels])),
        ),
    ),
  );
}
