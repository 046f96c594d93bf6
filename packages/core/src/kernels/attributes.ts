// SPDX-License-Identifier: Apache-2.0
import type {NamedAttrMap} from '@tensorflow/tfjs-core';
import {describeValue} from '../describe-value.js';
import {KernelCallError} from '../errors.js';
import {
  type Activation,
  ACTIVATIONS,
  type Conv2DGeometry,
  FILTER_GRADIENTS,
  type FilterGradient,
  INPUT_GRADIENTS,
  type InputGradient,
} from './contract.js';

/** The untyped attributes of a kernel call, and whose they are. */
export interface AttributeReader {
  readonly kernelName: string;
  readonly attrs: NamedAttrMap;
}

export function readGeometry({kernelName, attrs}: AttributeReader): Conv2DGeometry {
  const {geometry} = attrs;
  if (isGeometry(geometry)) return geometry;
  throw new KernelCallError(
    `${kernelName}: attribute geometry is ${describeValue(geometry)}; expected the result of conv2dGeometry`,
  );
}

export function readInputGradient({kernelName, attrs}: AttributeReader): InputGradient {
  const {inputGradient} = attrs;
  if (isInputGradient(inputGradient)) return inputGradient;
  throw new KernelCallError(
    `${kernelName}: attribute inputGradient is ${describeValue(inputGradient)}; expected one of ${INPUT_GRADIENTS.join(', ')}`,
  );
}

export function readFilterGradient({kernelName, attrs}: AttributeReader): FilterGradient {
  const {filterGradient} = attrs;
  if (isFilterGradient(filterGradient)) return filterGradient;
  throw new KernelCallError(
    `${kernelName}: attribute filterGradient is ${describeValue(filterGradient)}; ` +
      `expected one of ${FILTER_GRADIENTS.join(', ')}`,
  );
}

export function readActivation({kernelName, attrs}: AttributeReader): Activation {
  const {activation} = attrs;
  const known = ACTIVATIONS.find((name) => name === activation);
  if (known !== undefined) return known;
  throw new KernelCallError(
    `${kernelName}: attribute activation is ${describeValue(activation)}; expected one of ${ACTIVATIONS.join(', ')}`,
  );
}

export function readEpsilon({kernelName, attrs}: AttributeReader): number {
  const {epsilon} = attrs;
  if (typeof epsilon === 'number') return epsilon;
  throw new KernelCallError(`${kernelName}: attribute epsilon is ${describeValue(epsilon)}; expected a number`);
}

function isInputGradient(value: unknown): value is InputGradient {
  return INPUT_GRADIENTS.some((name) => name === value);
}

function isFilterGradient(value: unknown): value is FilterGradient {
  return FILTER_GRADIENTS.some((name) => name === value);
}

/** Least value of every field of a geometry: 1 where 0 has no meaning. */
const LEAST: Readonly<Record<keyof Conv2DGeometry, 0 | 1>> = {
  batch: 0,
  inHeight: 0,
  inWidth: 0,
  inChannels: 1,
  outHeight: 1,
  outWidth: 1,
  outChannels: 1,
  filterHeight: 1,
  filterWidth: 1,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  padTop: 0,
  padBottom: 0,
  padLeft: 0,
  padRight: 0,
  groups: 1,
};

const LEAST_ENTRIES = Object.entries(LEAST);

function isGeometry(value: unknown): value is Conv2DGeometry {
  if (typeof value !== 'object' || value === null) return false;
  return LEAST_ENTRIES.every(([name, least]) => {
    const field: unknown = Reflect.get(value, name);
    return typeof field === 'number' && Number.isInteger(field) && field >= least;
  });
}
