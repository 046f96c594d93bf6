// SPDX-License-Identifier: Apache-2.0
import * as tfl from '@tensorflow/tfjs-layers';
import type {Architecture, BuildOptions} from '@addernet/plugin';
import {InvalidBuildOptionError} from './errors.js';
import {Network} from './network.js';

export interface ArchitectureDefinition {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** Least height and width at which every downsampling still leaves at least one pixel. */
  readonly minimumSize: number;
  /** Adds the layers between the input and the logits. */
  layers(network: Network, input: tfl.SymbolicTensor, numClasses: number): tfl.SymbolicTensor;
}

/** An architecture that checks its options before it builds. */
export function defineArchitecture(definition: ArchitectureDefinition): Architecture {
  const {name, description, source} = definition;
  return {
    name,
    description,
    source,
    build(options) {
      validate(definition, options);
      const {operator, seed, inputShape, numClasses} = options;
      // Every layer gets a name: TF.js's own are numbered through the process, so they would depend on the models built before.
      const input = tfl.input({shape: [...inputShape], name: 'input'});
      const outputs = definition.layers(new Network(operator, seed), input, numClasses);
      return tfl.model({inputs: input, outputs, name: `${name}-${operator.name}`});
    },
  };
}

function validate({name, minimumSize}: ArchitectureDefinition, {numClasses, inputShape, seed}: BuildOptions): void {
  if (!Number.isSafeInteger(numClasses) || numClasses < 2) {
    throw new InvalidBuildOptionError(name, 'numClasses', numClasses, 'an integer ≥ 2');
  }
  const form = '[height, width, channels], three positive integers';
  if (!isImageShape(inputShape)) {
    throw new InvalidBuildOptionError(name, 'inputShape', inputShape, form);
  }
  if (Math.min(inputShape[0], inputShape[1]) < minimumSize) {
    const reason = `height and width ≥ ${minimumSize}: a smaller map does not survive the network's downsampling`;
    throw new InvalidBuildOptionError(name, 'inputShape', inputShape, `${form}, with ${reason}`);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new InvalidBuildOptionError(name, 'seed', seed, 'an integer');
  }
}

/** The type promises as much; callers in JavaScript and configuration files may not keep it. */
function isImageShape(shape: unknown): boolean {
  return Array.isArray(shape) && shape.length === 3 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
}
