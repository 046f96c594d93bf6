// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {WeightsMismatchError} from '../errors.js';
import type {WeightsFile} from './formats.js';

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.join(',')}]`;

export interface ApplyWeightsOptions {
  /** For errors. */
  readonly file: string;
  /** What the model is, for errors, e.g. 'resnet20 with operator adder'. */
  readonly title: string;
  /** What the file's metadata must say where it says it: {architecture: 'resnet20', operator: 'adder'}. */
  readonly expected?: Readonly<Record<string, string>>;
}

/**
 * Writes a file's weights into a model, in the way of its format or else matched by layer and weight name ('conv1/kernel'). Nothing is written unless all fit.
 *
 * @throws WeightsMismatchError naming what is missing, unexpected or of another shape, or that the file says it is of another model: the
 *   weights of two operators often have the same names and shapes
 */
export function applyWeights(model: LayersModel, read: WeightsFile, options: ApplyWeightsOptions): void {
  const {file, title, expected = {}} = options;
  const differing = Object.entries(expected).filter(
    ([key, value]) => read.metadata[key] !== undefined && read.metadata[key] !== value,
  );
  const hint = differing.map(([key, value]) => `the file says ${key} ${read.metadata[key] ?? ''}; asked for ${value}`);
  if (read.apply !== undefined) {
    if (differing.length > 0) throw new WeightsMismatchError(file, title, [], [], [], hint.join('; '));
    read.apply(model, title);
    return;
  }
  const given = new Map(read.weights.map((weight) => [weight.name, weight]));
  const variables = model.weights;
  const names = new Set(variables.map((variable) => variable.originalName));
  const missing = [...names].filter((name) => !given.has(name));
  const unexpected = [...given.keys()].filter((name) => !names.has(name));
  const misshapen = variables.flatMap((variable) => {
    const weight = given.get(variable.originalName);
    return weight === undefined || shapeText(weight.shape) === shapeText(variable.shape)
      ? []
      : [
          `${variable.originalName}: the file has ${shapeText(weight.shape)}; the model expects ${shapeText(variable.shape)}`,
        ];
  });
  if (missing.length > 0 && missing.length === unexpected.length && differing.length === 0) {
    const inOrder = variables.every((variable, index) => {
      const weight = read.weights[index];
      return weight !== undefined && shapeText(weight.shape) === shapeText(variable.shape);
    });
    if (inOrder) hint.push('the shapes agree in order: does the architecture leave its layers without names?');
  }
  if (differing.length > 0 || missing.length > 0 || unexpected.length > 0 || misshapen.length > 0) {
    throw new WeightsMismatchError(
      file,
      title,
      missing,
      unexpected,
      misshapen,
      hint.length === 0 ? undefined : hint.join('; '),
    );
  }
  for (const variable of variables) {
    const weight = given.get(variable.originalName);
    if (weight === undefined) continue;
    const value = tf.tensor(weight.values, [...weight.shape], variable.dtype);
    variable.write(value);
    value.dispose();
  }
}
