// SPDX-License-Identifier: Apache-2.0
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';
import type {ConvolutionLike} from '../network.js';
import {basicLayers, residualBlock} from '../residual-block.js';

/** 'basic': two 3×3 layers. 'bottleneck': 1×1, 3×3 and 1×1, the last with four times the channels. */
export type ResidualBlock = 'basic' | 'bottleneck';

export interface ImagenetResnetOptions {
  readonly name: string;
  readonly block: ResidualBlock;
  /** Blocks of each stage, e.g. [3, 4, 6, 3]. */
  readonly blocksPerStage: readonly number[];
  /** Channels of the stages' 3×3 layers; the first is the stem's too. Default [64, 128, 256, 512]. */
  readonly widths?: readonly number[];
  /**
   * 'convolution' (default): 1×1 convolution with bias and batch normalisation of the logits, as the AdderNet authors have it. 'dense': the
   * fully connected layer of the original, as in torchvision.
   */
  readonly head?: 'convolution' | 'dense';
}

/** Channels of a bottleneck's output, in multiples of its 3×3 layer's. */
const EXPANSION: Readonly<Record<ResidualBlock, number>> = {basic: 1, bottleneck: 4};

/**
 * Residual network for ImageNet (He et al., arXiv 1512.03385, table 1) in the layout of the AdderNet authors' resnet50.py: a 7×7 stem at stride 2
 * with a 3×3 max pooling, four stages, and a head of 1×1 convolution (with bias) and batch normalisation of the logits. A bottleneck strides
 * in its 3×3 layer, as in torchvision, and not in its first 1×1 layer, as in the paper.
 *
 * As there, the stem and the head are ordinary convolutions; every layer of the blocks and the 1×1 projections (with batch normalisation) where
 * a stage begins are the operator's. Layers are named 'stem.conv', 'stage2.block0.conv1', 'stage2.block0.shortcut.conv', 'head.conv'.
 *
 * @throws InvalidBuildOptionError when a number of blocks or a width is not a positive integer, or there are not as many of both.
 */
export function createImagenetResnet(options: ImagenetResnetOptions): Architecture {
  const {name, block, blocksPerStage, widths = [64, 128, 256, 512], head = 'convolution'} = options;
  const [stemWidth] = widths;
  if (stemWidth === undefined || !widths.every(isPositiveInteger)) {
    throw new InvalidBuildOptionError(name, 'widths', widths, 'one positive integer per stage');
  }
  if (blocksPerStage.length !== widths.length || !blocksPerStage.every(isPositiveInteger)) {
    const expected = `${widths.length} positive integers, one per stage`;
    throw new InvalidBuildOptionError(name, 'blocksPerStage', blocksPerStage, expected);
  }
  const blocks = blocksPerStage.reduce((sum, count) => sum + count, 0);
  return defineArchitecture({
    name,
    description:
      `Residual network of ${(block === 'basic' ? 2 : 3) * blocks + 2} layers for ImageNet, stages of ${blocksPerStage.join('/')} ` +
      `${block} blocks`,
    source: 'He et al., arXiv 1512.03385, table 1; layout of github.com/huawei-noah/AdderNet, resnet50.py',
    minimumSize: 2 ** (widths.length + 1),
    layers(network, input, numClasses) {
      const {ordinary} = network;
      let x = network.conv2d(ordinary, 'stem.conv', input, {filters: stemWidth, kernelSize: 7, strides: 2, padding: 3});
      x = network.batchNorm('stem.bn', x);
      x = network.relu('stem.relu', x);
      x = network.maxPoolAfterRelu('stem.pool', x);
      widths.forEach((width, stage) => {
        for (let index = 0; index < (blocksPerStage[stage] ?? 0); index++) {
          const strides = stage > 0 && index === 0 ? 2 : 1;
          x = residualBlock(network, `stage${stage + 1}.block${index}`, x, layersOf(block, width, strides));
        }
      });
      return head === 'dense' ? network.denseHead(x, numClasses) : network.poolingHead(x, numClasses, {useBias: true});
    },
  });
}

function layersOf(
  block: ResidualBlock,
  width: number,
  strides: number,
): readonly [ConvolutionLike, ...ConvolutionLike[]] {
  const filters = width * EXPANSION[block];
  if (block === 'basic') return basicLayers(filters, strides);
  return [
    {filters: width, kernelSize: 1},
    {filters: width, kernelSize: 3, strides, padding: 1},
    {filters, kernelSize: 1},
  ];
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** ResNet-18; 11.69 M parameters and 1.69 G taps in the operator's layers on 224×224×3. */
export const resnet18 = createImagenetResnet({name: 'resnet18', block: 'basic', blocksPerStage: [2, 2, 2, 2]});

/** ResNet-34; 21.80 M parameters. */
export const resnet34 = createImagenetResnet({name: 'resnet34', block: 'basic', blocksPerStage: [3, 4, 6, 3]});

/** ResNet-50; 25.56 M parameters and 3.97 G taps in the operator's layers on 224×224×3. */
export const resnet50 = createImagenetResnet({name: 'resnet50', block: 'bottleneck', blocksPerStage: [3, 4, 6, 3]});
