// SPDX-License-Identifier: Apache-2.0
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';

export interface LenetPlusPlusOptions {
  readonly name: string;
  /** Channels of the stages; every stage is two 5×5 layers and a max pooling. Default [32, 64, 128]. */
  readonly widths?: readonly number[];
  /** Numbers that an image is reduced to before it is classified; default 2, which can be drawn. */
  readonly features?: number;
}

/**
 * LeNet++ (Wen et al., "A discriminative feature learning approach for deep face recognition", ECCV 2016, table 1): six 5×5 layers in
 * pairs of 32, 64 and 128 channels, a fully connected layer of two units, whose outputs are the features, and the classifier on these two. The
 * AdderNet paper draws the features of MNIST's digits (figure 1): those of convolutions spread by angle, those of adders gather by ℓ1
 * distance, for what the last layer compares them with are its filters, by scalar product or by distance.
 *
 * All layers are the operator's, the first and the last included. Batch normalisation follows each but the last, the features included: the
 * outputs of an adder layer of 1,152 inputs would be of the order of −1,000 and far from any filter. The activation is ReLU (PReLU in
 * Wen et al.). The classifier has neither bias nor batch normalisation, so that the logits of an adder are the negative distances
 * themselves, and those of a convolution the scalar products. The layer named 'features' ends in 'features.bn'.
 *
 * @throws InvalidBuildOptionError when a width or the number of features is not a positive integer.
 */
export function createLenetPlusPlus(options: LenetPlusPlusOptions): Architecture {
  const {name, widths = [32, 64, 128], features = 2} = options;
  if (widths.length === 0 || !widths.every((width) => Number.isSafeInteger(width) && width > 0)) {
    throw new InvalidBuildOptionError(name, 'widths', widths, 'one positive integer per stage');
  }
  if (!Number.isSafeInteger(features) || features < 1) {
    throw new InvalidBuildOptionError(name, 'features', features, 'a positive integer');
  }
  return defineArchitecture({
    name,
    description: `LeNet++ with ${widths.join('/')} channels and ${features} features; all layers are the operator’s`,
    source: 'Wen et al., ECCV 2016, table 1; AdderNet, arXiv 1912.13200, figure 1',
    minimumSize: 2 ** widths.length,
    layers(network, input, numClasses) {
      const {operator} = network;
      let x = input;
      widths.forEach((filters, stage) => {
        for (const layer of [1, 2]) {
          const prefix = `stage${stage + 1}`;
          x = network.conv2d(operator, `${prefix}.conv${layer}`, x, {filters, kernelSize: 5, padding: 2});
          x = network.batchNorm(`${prefix}.bn${layer}`, x);
          x = network.relu(`${prefix}.relu${layer}`, x);
        }
        x = network.maxPool(`stage${stage + 1}.pool`, x);
      });
      x = network.flatten('flatten', x);
      x = network.dense(operator, 'features', x, {units: features, useBias: false});
      x = network.batchNorm('features.bn', x);
      return network.dense(operator, 'logits', x, {units: numClasses, useBias: false});
    },
  });
}

/** LeNet++ with two features; 80.9 M taps on 28×28×1. */
export const lenetPlusPlus = createLenetPlusPlus({name: 'lenet++'});
