// SPDX-License-Identifier: Apache-2.0
import * as tfl from '@tensorflow/tfjs-layers';
import {zeroPaddedShortcut} from '@addernet/nn';
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';
import {applyLayer} from '../network.js';
import {basicLayers, residualBlock} from '../residual-block.js';

export interface OptionAResnetOptions {
  readonly name: string;
  /** Residual blocks in each of the three stages: n of the 6n + 2 layers. */
  readonly blocksPerStage: number;
}

const WIDTHS = [16, 32, 64];

/**
 * Residual network for small images as its paper describes it (He et al., arXiv 1512.03385, section 4.2), and as the checkpoints of
 * github.com/akamaster/pytorch_resnet_cifar10 have it: shortcuts without parameters (option A: every second pixel, zeros for the new channels) and a
 * fully connected layer with bias for the head. `createCifarResnet` makes the AdderNet authors' layout, with projections and a normalised
 * 1×1 head; the main path is the same.
 *
 * The stem and the head are ordinary; both 3×3 layers of every block are the operator's. Layers are named as those of `createCifarResnet`,
 * the head 'head.dense'.
 *
 * @throws InvalidBuildOptionError when blocksPerStage is not a positive integer.
 */
export function createOptionAResnet({name, blocksPerStage}: OptionAResnetOptions): Architecture {
  if (!Number.isSafeInteger(blocksPerStage) || blocksPerStage < 1) {
    throw new InvalidBuildOptionError(name, 'blocksPerStage', blocksPerStage, 'a positive integer');
  }
  return defineArchitecture({
    name,
    description:
      `Residual network of ${6 * blocksPerStage + 2} layers with shortcuts without parameters (option A) and a fully connected head, ` +
      `${WIDTHS.join('/')} channels`,
    source:
      'He et al., arXiv 1512.03385, section 4.2, option A; layout of github.com/akamaster/pytorch_resnet_cifar10, resnet.py',
    minimumSize: 4,
    layers(network, input, numClasses) {
      let x = network.conv2d(network.ordinary, 'stem.conv', input, {filters: 16, kernelSize: 3, padding: 1});
      x = network.batchNorm('stem.bn', x);
      x = network.relu('stem.relu', x);
      WIDTHS.forEach((filters, stage) => {
        for (let index = 0; index < blocksPerStage; index++) {
          const strides = stage > 0 && index === 0 ? 2 : 1;
          const block = `stage${stage + 1}.block${index}`;
          x = residualBlock(network, block, x, basicLayers(filters, strides), (input, change) =>
            applyLayer(zeroPaddedShortcut({name: `${block}.shortcut`, ...change}), input),
          );
        }
      });
      x = applyLayer(tfl.layers.globalAveragePooling2d({name: 'head.pool'}), x);
      return network.dense(network.ordinary, 'head.dense', x, {units: numClasses, useBias: true});
    },
  });
}

/** ResNet-20 with option A; 40.1 M taps in the operator's layers on 32×32×3. */
export const resnet20OptionA = createOptionAResnet({name: 'resnet20-option-a', blocksPerStage: 3});
