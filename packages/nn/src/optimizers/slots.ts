// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {StateMismatchError} from '../errors.js';

interface Slot {
  /** The variable that the slot belongs to; another one may get its name once it is disposed. */
  readonly owner: tf.Variable;
  readonly value: tf.Variable;
}

/**
 * One value per trained variable, such as its velocity, kept by the variable's name. Slots that were loaded wait until their variable is first
 * trained, since an optimizer does not know its variables before.
 */
export class Slots {
  readonly #suffix: string;
  readonly #slots = new Map<string, Slot>();
  readonly #loaded = new Map<string, tf.Variable>();

  /** @param suffix follows the variable's name in saved state, e.g. '/momentum'. */
  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  get(variable: tf.Variable): tf.Tensor | undefined {
    const slot = this.#slots.get(variable.name);
    return slot?.owner === variable ? slot.value : undefined;
  }

  set(variable: tf.Variable, value: tf.Tensor): void {
    const slot = this.#slots.get(variable.name);
    if (slot?.owner === variable) {
      slot.value.assign(value);
      return;
    }
    slot?.value.dispose();
    this.#slots.set(variable.name, {owner: variable, value: tf.variable(value, false)});
  }

  /** The slots' own tensors, by name; copy what must outlive the next step. */
  save(): {name: string; tensor: tf.Tensor}[] {
    const live = [...this.#slots].map(([name, slot]) => ({name: name + this.#suffix, tensor: slot.value}));
    const waiting = [...this.#loaded].map(([name, value]) => ({name: name + this.#suffix, tensor: value}));
    return [...live, ...waiting];
  }

  /** Takes the place of all slots; the tensors stay the caller's. */
  load(saved: readonly {readonly name: string; readonly tensor: tf.Tensor}[]): void {
    for (const {name} of saved) {
      if (!name.endsWith(this.#suffix)) {
        throw new StateMismatchError(
          `SGD: saved optimizer state has ${JSON.stringify(name)}; expected names that end in '${this.#suffix}'`,
        );
      }
    }
    this.dispose();
    for (const {name, tensor} of saved) {
      this.#loaded.set(name.slice(0, -this.#suffix.length), tf.variable(tensor, false));
    }
  }

  /** Gives loaded slots to the variables that are about to be trained. */
  adopt(variables: readonly tf.Variable[]): void {
    if (this.#loaded.size === 0) {
      return;
    }
    const bare = variables.filter((variable) => this.get(variable) === undefined);
    const unmatched = bare.filter((variable) => !this.#give(variable.name, variable));
    if (unmatched.length === 0 || this.#loaded.size === 0) {
      return;
    }
    // tfjs-layers makes names unique by a number at their end, which differs between two instances of one model.
    for (const variable of unmatched) {
      const base = baseName(variable.name);
      const candidates = [...this.#loaded.keys()].filter((name) => baseName(name) === base);
      const rivals = unmatched.filter((other) => baseName(other.name) === base);
      const [name] = candidates;
      if (name === undefined || candidates.length > 1 || rivals.length > 1 || !this.#give(name, variable)) {
        throw new StateMismatchError(
          `SGD: loaded optimizer state does not fit the variables being trained: nothing in it is for ${variable.name}; ` +
            `left in it are ${[...this.#loaded.keys()].join(', ')}. State is found by variable name: train the model that it was saved with.`,
        );
      }
    }
  }

  dispose(): void {
    this.#slots.forEach((slot) => slot.value.dispose());
    this.#slots.clear();
    this.#loaded.forEach((value) => value.dispose());
    this.#loaded.clear();
  }

  #give(name: string, variable: tf.Variable): boolean {
    const value = this.#loaded.get(name);
    if (value === undefined) {
      return false;
    }
    if (!tf.util.arraysEqual(value.shape, variable.shape)) {
      throw new StateMismatchError(
        `SGD: loaded optimizer state for ${name} has shape [${value.shape.join(', ')}]; ` +
          `the variable ${variable.name} has [${variable.shape.join(', ')}]`,
      );
    }
    this.#loaded.delete(name);
    this.#slots.get(variable.name)?.value.dispose();
    this.#slots.set(variable.name, {owner: variable, value});
    return true;
  }
}

function baseName(name: string): string {
  return name.replace(/_\d+$/, '');
}
