// SPDX-License-Identifier: Apache-2.0
import type {Variable} from '@tensorflow/tfjs-core';

/**
 * Which variables are adder filters. An optimizer of TF.js sees names and values only, and a name says nothing about the operator: so the
 * layers that make such filters say it themselves, when they are built and thus also when a model is loaded.
 */
const adderFilters = new WeakSet<Variable>();

/** Marks a whole layer's filter tensor for the local learning rate. A layer of one's own calls it in `build`, on `weight.read()`. */
export function markAdderFilter(variable: Variable): void {
  adderFilters.add(variable);
}

/** Whether a variable is a filter that gets the local learning rate. */
export function isAdderFilter(variable: Variable): boolean {
  return adderFilters.has(variable);
}
