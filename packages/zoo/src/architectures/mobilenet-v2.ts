// SPDX-License-Identifier: Apache-2.0
import type * as tfl from '@tensorflow/tfjs-layers';
import type {Architecture} from '@addernet/plugin';
import {defineArchitecture} from '../define-architecture.js';
import {InvalidBuildOptionError} from '../errors.js';
import type {Network} from '../network.js';

export interface MobilenetV2Options {
  readonly name: string;
  /** α of the paper: channels are multiplied by it and rounded to a multiple of 8. Default 1. */
  readonly widthMultiplier?: number;
  /** What the depthwise 3×3 layers are: 'ordinary' (default) convolutions, or the 'operator'’s. */
  readonly depthwise?: 'ordinary' | 'operator';
}

/** Table 2 of the paper: expansion factor, channels, blocks, stride of the first block. */
const STAGES = [
  {expansion: 1, channels: 16, blocks: 1, strides: 1},
  {expansion: 6, channels: 24, blocks: 2, strides: 2},
  {expansion: 6, channels: 32, blocks: 3, strides: 2},
  {expansion: 6, channels: 64, blocks: 4, strides: 2},
  {expansion: 6, channels: 96, blocks: 3, strides: 1},
  {expansion: 6, channels: 160, blocks: 3, strides: 2},
  {expansion: 6, channels: 320, blocks: 1, strides: 1},
] as const;

const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;

/**
 * MobileNet-v2 (Sandler et al., arXiv 1801.04381, table 2), for ImageNet's 224×224×3: inverted residuals with linear bottlenecks and ReLU6.
 *
 * The operator's layers are the pointwise (1×1) ones: the expansions, the projections and the last layer before pooling, which have 89 % of
 * the taps. The stem and the fully connected classifier are ordinary, as in the residual networks of the AdderNet authors; their work
 * has no MobileNet to follow.
 *
 * The depthwise layers stay ordinary convolutions unless `depthwise` is 'operator'. A depthwise output sums over nine taps of one channel:
 * there is little to be saved (7 % of the taps), and the ℓ1 distance to nine values, with padded zeros among them, is a poor measure of
 * similarity; besides, the local learning rate would be one rate for filters that have nothing in common. The option is there for who wants to
 * measure just that.
 *
 * There is no dropout before the classifier (the reference has 0.2): TensorFlow.js's cannot be repeated by seed. Layers are named 'stem.conv',
 * 'stage2.block0.expand.conv', 'stage2.block0.depthwise.conv', 'stage2.block0.project.conv', 'last.conv', 'head.dense'.
 *
 * @throws InvalidBuildOptionError when widthMultiplier is not a number above 0.
 */
export function createMobilenetV2(options: MobilenetV2Options): Architecture {
  const {name, widthMultiplier = 1, depthwise = 'ordinary'} = options;
  if (!Number.isFinite(widthMultiplier) || widthMultiplier <= 0) {
    throw new InvalidBuildOptionError(name, 'widthMultiplier', widthMultiplier, 'a number > 0');
  }
  const scaled = (channels: number) => roundedChannels(channels * widthMultiplier);
  return defineArchitecture({
    name,
    description:
      `MobileNet-v2${widthMultiplier === 1 ? '' : ` of width ${widthMultiplier}`}, the operator in the pointwise ` +
      `${depthwise === 'operator' ? 'and depthwise ' : ''}layers`,
    source: 'Sandler et al., arXiv 1801.04381, table 2',
    minimumSize: 32,
    layers(network, input, numClasses) {
      const {operator, ordinary} = network;
      let x = network.conv2d(ordinary, 'stem.conv', input, {
        filters: scaled(STEM_CHANNELS),
        kernelSize: 3,
        strides: 2,
        padding: 1,
      });
      x = network.batchNorm('stem.bn', x);
      x = network.relu6('stem.relu', x);
      STAGES.forEach(({expansion, channels, blocks, strides}, stage) => {
        for (let block = 0; block < blocks; block++) {
          x = invertedResidual(network, `stage${stage + 1}.block${block}`, x, {
            expansion,
            filters: scaled(channels),
            strides: block === 0 ? strides : 1,
            depthwise,
          });
        }
      });
      // Narrower networks keep the last layer's channels, as in the paper (section 3.4).
      const filters = roundedChannels(LAST_CHANNELS * Math.max(1, widthMultiplier));
      x = network.conv2d(operator, 'last.conv', x, {filters, kernelSize: 1});
      x = network.batchNorm('last.bn', x);
      x = network.relu6('last.relu', x);
      return network.denseHead(x, numClasses);
    },
  });
}

interface BlockOptions {
  readonly expansion: number;
  readonly filters: number;
  readonly strides: number;
  readonly depthwise: 'ordinary' | 'operator';
}

function invertedResidual(
  network: Network,
  name: string,
  input: tfl.SymbolicTensor,
  {expansion, filters, strides, depthwise}: BlockOptions,
): tfl.SymbolicTensor {
  const {operator, ordinary} = network;
  const inChannels = input.shape[3] ?? 0;
  const expanded = inChannels * expansion;
  let x = input;
  if (expansion !== 1) {
    x = network.conv2d(operator, `${name}.expand.conv`, x, {filters: expanded, kernelSize: 1});
    x = network.batchNorm(`${name}.expand.bn`, x);
    x = network.relu6(`${name}.expand.relu`, x);
  }
  x = network.conv2d(depthwise === 'operator' ? operator : ordinary, `${name}.depthwise.conv`, x, {
    filters: expanded,
    kernelSize: 3,
    strides,
    padding: 1,
    groups: expanded,
  });
  x = network.batchNorm(`${name}.depthwise.bn`, x);
  x = network.relu6(`${name}.depthwise.relu`, x);
  x = network.conv2d(operator, `${name}.project.conv`, x, {filters, kernelSize: 1});
  x = network.batchNorm(`${name}.project.bn`, x);
  return strides === 1 && inChannels === filters ? network.add(`${name}.add`, x, input) : x;
}

/** The nearest multiple of 8 that is not more than 10 % smaller, as in the reference implementation. */
function roundedChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** MobileNet-v2 of width 1; 3.50 M parameters, 300.8 M taps on 224×224×3. */
export const mobilenetV2 = createMobilenetV2({name: 'mobilenet-v2'});
