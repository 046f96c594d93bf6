// SPDX-License-Identifier: Apache-2.0
import * as tfl from '@tensorflow/tfjs-layers';
import {zeroPaddedShortcut} from '@addernet/nn';
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';
import {applyLayer, type Network} from '../network.js';

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
        for (let block = 0; block < blocksPerStage; block++) {
          const strides = stage > 0 && block === 0 ? 2 : 1;
          x = optionABlock(network, `stage${stage + 1}.block${block}`, x, filters, strides);
        }
      });
      x = applyLayer(tfl.layers.globalAveragePooling2d({name: 'head.pool'}), x);
      return network.dense(network.ordinary, 'head.dense', x, {units: numClasses, useBias: true});
    },
  });
}

function optionABlock(
  network: Network,
  name: string,
  input: tfl.SymbolicTensor,
  filters: number,
  strides: number,
): tfl.SymbolicTensor {
  const {operator} = network;
  let x = network.conv2d(operator, `${name}.conv1`, input, {filters, kernelSize: 3, strides, padding: 1});
  x = network.batchNorm(`${name}.bn1`, x);
  x = network.relu(`${name}.relu1`, x);
  x = network.conv2d(operator, `${name}.conv2`, x, {filters, kernelSize: 3, padding: 1});
  x = network.batchNorm(`${name}.bn2`, x);
  const unchanged = strides === 1 && input.shape[3] === filters;
  const shortcut = unchanged
    ? input
    : applyLayer(zeroPaddedShortcut({name: `${name}.shortcut`, filters, strides}), input);
  x = network.add(`${name}.add`, x, shortcut);
  return network.relu(`${name}.relu2`, x);
}

/** ResNet-20 with option A; 40.1 M taps in the operator's layers on 32×32×3. */
export const resnet20OptionA = createOptionAResnet({name: 'resnet20-option-a', blocksPerStage: 3});
