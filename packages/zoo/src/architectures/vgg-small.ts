// SPDX-License-Identifier: Apache-2.0
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';

export interface VggSmallOptions {
  readonly name: string;
  /** Channels of the stages; every stage is two 3×3 layers and a max pooling. Default [128, 256, 512]. */
  readonly widths?: readonly number[];
}

/**
 * VGG-small, the network that the binary-network literature compares on CIFAR: 128-128-P-256-256-P-512-512-P and one fully connected
 * layer. It goes back to Courbariaux et al. (arXiv 1602.02830), whose three fully connected layers Cai et al. (HWGQ, arXiv 1702.00953) and
 * Zhang et al. (LQ-Nets, arXiv 1807.10029) reduced to one; pooling stands before batch normalisation, as there. The activation is ReLU.
 *
 * As in those papers, the first convolution and the fully connected layer are ordinary, the five 3×3 layers between them the operator's.
 * On 32×32×3 these five are 604.0 M taps: 1.208 G additions as adders. With the first layer at two operations per tap it is 1.215 G, with
 * Courbariaux's fully connected layers (8192-1024-1024-classes) too 1.234 G: the 1.30 G of the AdderNet paper's table 2 is met by neither, and
 * the paper does not describe the network further.
 *
 * @throws InvalidBuildOptionError when a width is not a positive integer.
 */
export function createVggSmall({name, widths = [128, 256, 512]}: VggSmallOptions): Architecture {
  if (widths.length === 0 || !widths.every((width) => Number.isSafeInteger(width) && width > 0)) {
    throw new InvalidBuildOptionError(name, 'widths', widths, 'one positive integer per stage');
  }
  return defineArchitecture({
    name,
    description: `VGG with ${2 * widths.length} 3×3 layers of ${widths.join('/')} channels and one fully connected layer`,
    source:
      'Courbariaux et al., arXiv 1602.02830, reduced to one fully connected layer as in HWGQ (arXiv 1702.00953) and LQ-Nets (arXiv ' +
      '1807.10029); AdderNet, arXiv 1912.13200, table 2',
    minimumSize: 2 ** widths.length,
    layers(network, input, numClasses) {
      let x = input;
      widths.forEach((filters, stage) => {
        for (const layer of [1, 2]) {
          const name = `stage${stage + 1}`;
          const operator = stage === 0 && layer === 1 ? network.ordinary : network.operator;
          x = network.conv2d(operator, `${name}.conv${layer}`, x, {filters, kernelSize: 3, padding: 1});
          if (layer === 2) {
            x = network.maxPool(`${name}.pool`, x);
          }
          x = network.batchNorm(`${name}.bn${layer}`, x);
          x = network.relu(`${name}.relu${layer}`, x);
        }
      });
      x = network.flatten('head.flatten', x);
      return network.dense(network.ordinary, 'head.dense', x, {units: numClasses, useBias: true});
    },
  });
}

/** VGG-small with 128, 256 and 512 channels; 604.0 M taps in the operator's layers on 32×32×3. */
export const vggSmall = createVggSmall({name: 'vgg-small'});
