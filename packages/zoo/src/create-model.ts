// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describeValue} from '@addernet/core';
import {adderOperator, convOperator} from '@addernet/nn';
import type {Architecture, BuildOptions, Operator} from '@addernet/plugin';
import {resnet18, resnet34, resnet50} from './architectures/imagenet-resnet.js';
import {lenet5Bn} from './architectures/lenet5-bn.js';
import {lenetPlusPlus} from './architectures/lenet-plus-plus.js';
import {mobilenetV2} from './architectures/mobilenet-v2.js';
import {resnet20, resnet32, resnet44, resnet56} from './architectures/resnet.js';
import {resnet20OptionA} from './architectures/resnet-option-a.js';
import {tiny} from './architectures/tiny.js';
import {vggSmall} from './architectures/vgg-small.js';
import {UnknownArchitectureError, UnknownOperatorError} from './errors.js';

/** Every architecture of the zoo. */
export const architectures: readonly Architecture[] = [
  resnet20,
  resnet32,
  resnet44,
  resnet56,
  resnet20OptionA,
  resnet18,
  resnet34,
  resnet50,
  mobilenetV2,
  vggSmall,
  lenet5Bn,
  lenetPlusPlus,
  tiny,
];

const operators: readonly Operator[] = [convOperator, adderOperator];

export interface CreateModelOptions extends Omit<BuildOptions, 'operator'> {
  /** 'conv', 'adder', or an operator object, e.g. one's own. */
  readonly operator: string | Operator;
}

/** What `listModels` says of an architecture. */
export type ModelDescription = Pick<Architecture, 'name' | 'description' | 'source'>;

/** The architectures that `createModel` knows. */
export function listModels(): ModelDescription[] {
  return architectures.map(({name, description, source}) => ({name, description, source}));
}

/**
 * Builds an untrained network: normalised float32 images [batch, ...inputShape] to logits [batch, numClasses].
 *
 * Initial weights depend on the seed and the layers' names only, and names on the architecture only: two models from the same options
 * are equal, however many were built before. An adder network and its convolutional twin start with the same ordinary layers.
 *
 * @throws UnknownArchitectureError, UnknownOperatorError with the valid names; InvalidBuildOptionError for numClasses, inputShape or seed.
 * @example
 * const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 1});
 */
export function createModel(name: string, {operator, ...options}: CreateModelOptions): LayersModel {
  const architecture = architectures.find((candidate) => candidate.name === name);
  if (architecture === undefined) {
    throw new UnknownArchitectureError(
      describeValue(name),
      architectures.map((candidate) => candidate.name),
    );
  }
  return architecture.build({...options, operator: resolveOperator(operator)});
}

function resolveOperator(operator: string | Operator): Operator {
  const resolved = typeof operator === 'string' ? operators.find((candidate) => candidate.name === operator) : operator;
  if (typeof resolved?.conv2d !== 'function' || typeof resolved.dense !== 'function') {
    throw new UnknownOperatorError(
      describeValue(operator),
      operators.map((candidate) => candidate.name),
    );
  }
  return resolved;
}
