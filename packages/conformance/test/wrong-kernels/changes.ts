// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import type {OpName, RuleName} from '../../src/index.js';
import {correctKernels, type ArrayKernels} from '../support/reference-kernels.js';

export interface Mutant {
  readonly name: string;
  readonly op: OpName;
  readonly kernels: Partial<ArrayKernels>;
  /** Every one of these must catch it. */
  readonly caughtBy: readonly RuleName[];
  /** Surrogates to run, for speed. Default: the default ones. */
  readonly surrogates?: string;
  /** Cases to run, all of which are to fail. Default: the sample cases, of which one is to fail. */
  readonly inCase?: RegExp;
  /** What is to fail in them. */
  readonly quantity?: RegExp;
}

export const accuracy: readonly RuleName[] = ['error-bound', 'bit-equality'];

export type Values = ArrayLike<number>;
export type Change = (g: Conv2DGeometry) => Conv2DGeometry;

export const at = (values: Values, index: number): number => values[index] ?? NaN;
export const map = (values: Values, change: (value: number, index: number) => number): Float64Array =>
  Float64Array.from({length: values.length}, (_, index) => change(at(values, index), index));
export const zeros = (values: Values): Float64Array => new Float64Array(values.length);
export const ones = (values: Values): Float64Array => new Float64Array(values.length).fill(1);

/** All three adder kernels with a geometry that is not the one given. */
export function adderWith(change: Change): Partial<ArrayKernels> {
  return {
    adder: (x, filter, g) => correctKernels.adder(x, filter, change(g)),
    adderBackpropInput: (x, filter, dy, g, kind) => correctKernels.adderBackpropInput(x, filter, dy, change(g), kind),
    adderBackpropFilter: (x, filter, dy, g, kind) => correctKernels.adderBackpropFilter(x, filter, dy, change(g), kind),
  };
}

export function convWith(change: Change): Partial<ArrayKernels> {
  return {
    conv: (x, filter, g) => correctKernels.conv(x, filter, change(g)),
    convBackpropInput: (filter, dy, g) => correctKernels.convBackpropInput(filter, dy, change(g)),
    convBackpropFilter: (x, dy, g) => correctKernels.convBackpropFilter(x, dy, change(g)),
  };
}

export const shiftedPadding: Change = (g) => ({...g, padTop: g.padTop + 1, padBottom: g.padBottom - 1});
export const swappedStrides: Change = (g) => ({...g, strideHeight: g.strideWidth, strideWidth: g.strideHeight});
export const noDilation: Change = (g) => ({...g, dilationHeight: 1, dilationWidth: 1});
export const swappedPadding: Change = (g) => ({...g, padLeft: g.padRight, padRight: g.padLeft});

/** x or filter without its last input channel. */
export const dropLast = (values: Values, channels: number, inner = 1): Float64Array =>
  map(values, (value, index) => (Math.floor(index / inner) % channels === channels - 1 ? 0 : value));

export const onlyFirstImage = (values: Values, batch: number): Float64Array =>
  map(values, (value, index) => (index * batch < values.length ? value : 0));
