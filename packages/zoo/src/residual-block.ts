// SPDX-License-Identifier: Apache-2.0
import type * as tfl from '@tensorflow/tfjs-layers';
import type {ConvolutionLike, Network} from './network.js';

/** What a residual block's input becomes before it is added: [batch, height, width, channels] to the shape of the block's main path. */
export type Shortcut = (input: tfl.SymbolicTensor, change: {filters: number; strides: number}) => tfl.SymbolicTensor;

/** The 1×1 convolution of the network's operator, with batch normalisation (He et al., arXiv 1512.03385, section 3.3, option B). */
function projection(network: Network, name: string): Shortcut {
  return (input, {filters, strides}) => {
    const shortcut = network.conv2d(network.operator, `${name}.shortcut.conv`, input, {
      filters,
      kernelSize: 1,
      strides,
    });
    return network.batchNorm(`${name}.shortcut.bn`, shortcut);
  };
}

/**
 * A residual block (He et al., arXiv 1512.03385, section 3.2): layers of the network's operator, each followed by batch normalisation and all but the last by ReLU;
 * then the addition of the shortcut, and ReLU. Layers are named `name`.conv1, .bn1, .relu1, .conv2, …, .add and, after the addition, .relu with the number of layers.
 *
 * @param input [batch, height, width, channels]
 * @param shortcut what becomes of the input where the block changes its shape; the default is a projection, named `name`.shortcut.conv and .bn
 * @returns [batch, outHeight, outWidth, filters of the last layer]
 */
export function residualBlock(
  network: Network,
  name: string,
  input: tfl.SymbolicTensor,
  layers: readonly [ConvolutionLike, ...ConvolutionLike[]],
  shortcut: Shortcut = projection(network, name),
): tfl.SymbolicTensor {
  let x = input;
  let strides = 1;
  let [{filters}] = layers;
  layers.forEach((layer, index) => {
    const number = index + 1;
    x = network.conv2d(network.operator, `${name}.conv${number}`, x, layer);
    x = network.batchNorm(`${name}.bn${number}`, x);
    if (number < layers.length) x = network.relu(`${name}.relu${number}`, x);
    strides *= layer.strides ?? 1;
    ({filters} = layer);
  });
  const unchanged = strides === 1 && input.shape[3] === filters;
  x = network.add(`${name}.add`, x, unchanged ? input : shortcut(input, {filters, strides}));
  return network.relu(`${name}.relu${layers.length}`, x);
}

/** The two 3×3 layers of a basic block. */
export function basicLayers(filters: number, strides: number): readonly [ConvolutionLike, ConvolutionLike] {
  return [
    {filters, kernelSize: 3, strides, padding: 1},
    {filters, kernelSize: 3, padding: 1},
  ];
}
