// SPDX-License-Identifier: Apache-2.0
import {
  ArgumentError,
  describeValue,
  FILTER_GRADIENTS,
  type FilterGradient,
  INPUT_GRADIENTS,
  type InputGradient,
} from '@addernet/core';

export function filterGradientOption(label: string, value: FilterGradient | null | undefined): FilterGradient {
  return oneOf(label, 'filterGradient', value ?? 'full-precision', FILTER_GRADIENTS);
}

export function inputGradientOption(label: string, value: InputGradient | null | undefined): InputGradient {
  return oneOf(label, 'inputGradient', value ?? 'hard-tanh', INPUT_GRADIENTS);
}

function oneOf<T extends string>(label: string, name: string, value: string, valid: readonly T[]): T {
  const found = valid.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new ArgumentError(
      `${label}: ${name} is ${describeValue(value)}; expected one of ${valid.map((candidate) => describeValue(candidate)).join(', ')}`,
    );
  }
  return found;
}
