// SPDX-License-Identifier: Apache-2.0
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';
import {basicLayers, residualBlock} from '../residual-block.js';

export interface CifarResnetOptions {
  readonly name: string;
  /** Residual blocks in each of the stages: n of the 6n + 2 layers. */
  readonly blocksPerStage: number;
  /** Channels of the stages; the first is the stem's too. Every stage after the first halves the map. Default [16, 32, 64]. */
  readonly widths?: readonly number[];
}

/**
 * Residual network for small images (He et al., arXiv 1512.03385, section 4.2) in the layout of the AdderNet authors' code, from which its
 * published checkpoints come: it differs from the paper's in the 1×1 projections (with batch normalisation) where a stage begins, and in
 * the head, a 1×1 convolution followed by batch normalisation of the logits.
 *
 * The stem and the head are ordinary convolutions; both 3×3 layers of every block and the projections are the operator's. Layers are
 * named 'stem.conv', 'stage2.block0.conv1', 'stage2.block0.shortcut.conv', 'head.conv', and so on: in the authors' checkpoints 'conv1',
 * 'layer2.0.conv1', 'layer2.0.downsample.0', 'fc'.
 *
 * @throws InvalidBuildOptionError when blocksPerStage or a width is not a positive integer.
 */
export function createCifarResnet({name, blocksPerStage, widths = [16, 32, 64]}: CifarResnetOptions): Architecture {
  if (!isPositiveInteger(blocksPerStage)) {
    throw new InvalidBuildOptionError(name, 'blocksPerStage', blocksPerStage, 'a positive integer');
  }
  const [stemWidth] = widths;
  if (stemWidth === undefined || !widths.every(isPositiveInteger)) {
    throw new InvalidBuildOptionError(name, 'widths', widths, 'one positive integer per stage');
  }
  return defineArchitecture({
    name,
    description:
      `Residual network of ${2 * blocksPerStage * widths.length + 2} layers, ${widths.length} stages of ${blocksPerStage} blocks, ` +
      `${widths.join('/')} channels`,
    source: 'He et al., arXiv 1512.03385, section 4.2; layout of github.com/huawei-noah/AdderNet, resnet20.py',
    minimumSize: 2 ** (widths.length - 1),
    layers(network, input, numClasses) {
      let x = network.conv2d(network.ordinary, 'stem.conv', input, {filters: stemWidth, kernelSize: 3, padding: 1});
      x = network.batchNorm('stem.bn', x);
      x = network.relu('stem.relu', x);
      widths.forEach((filters, stage) => {
        for (let block = 0; block < blocksPerStage; block++) {
          const strides = stage > 0 && block === 0 ? 2 : 1;
          x = residualBlock(network, `stage${stage + 1}.block${block}`, x, basicLayers(filters, strides));
        }
      });
      return network.poolingHead(x, numClasses);
    },
  });
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** ResNet-20; 40.4 M taps in the operator's layers on 32×32×3. */
export const resnet20 = createCifarResnet({name: 'resnet20', blocksPerStage: 3});

/** ResNet-32; 68.7 M taps in the operator's layers on 32×32×3. */
export const resnet32 = createCifarResnet({name: 'resnet32', blocksPerStage: 5});

/** ResNet-44; 97.0 M taps in the operator's layers on 32×32×3. */
export const resnet44 = createCifarResnet({name: 'resnet44', blocksPerStage: 7});

/** ResNet-56; 125.3 M taps in the operator's layers on 32×32×3. */
export const resnet56 = createCifarResnet({name: 'resnet56', blocksPerStage: 9});
