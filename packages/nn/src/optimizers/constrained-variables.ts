// SPDX-License-Identifier: Apache-2.0
import type {Variable} from '@tensorflow/tfjs-core';
import type {Constraint} from '../tfl-types.js';

/**
 * Constraints of variables. TF.js keeps a constraint with the layer's weight, applies it when the weight is set, and forgets it in training:
 * its optimizers write to the variable underneath. This package's optimizer looks here and applies it after every step.
 */
const constraints = new WeakMap<Variable, Constraint>();

export function setConstraint(variable: Variable, constraint: Constraint): void {
  constraints.set(variable, constraint);
}

export function constraintOf(variable: Variable): Constraint | undefined {
  return constraints.get(variable);
}
