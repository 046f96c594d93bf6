// SPDX-License-Identifier: Apache-2.0
import {defineArchitecture} from '../define-architecture.js';

/**
 * A small network for comparisons without a fast backend, and for tests: 1.77 M taps in the operator's two layers and 1.88 M in all on
 * 32×32×3, a twentieth of ResNet-20. It has the parts that make adder networks train, in the order of the authors' residual networks
 * (ordinary stem, batch normalisation after every layer, ordinary head, batch normalisation of the logits).
 *
 * Two wide layers rather than three of 32/64/64 channels: a network of this size is trained for a few hundred steps, and in trials of that length
 * on the generated stand-in for CIFAR-100 the two went further, with either operator, by a margin that varied much with the seed.
 */
export const tiny = defineArchitecture({
  name: 'tiny',
  description:
    'Small plain network: ordinary stem at stride 2, two 3×3 layers of 64/128 channels at stride 2, pooling head',
  source: 'Addernet’s own; in the manner of github.com/huawei-noah/AdderNet, resnet20.py',
  minimumSize: 8,
  layers(network, input, numClasses) {
    const {operator, ordinary} = network;
    let x = network.conv2d(ordinary, 'stem.conv', input, {filters: 16, kernelSize: 3, strides: 2, padding: 1});
    x = network.batchNorm('stem.bn', x);
    x = network.relu('stem.relu', x);
    x = network.conv2d(operator, 'conv1', x, {filters: 64, kernelSize: 3, strides: 2, padding: 1});
    x = network.batchNorm('bn1', x);
    x = network.relu('relu1', x);
    x = network.conv2d(operator, 'conv2', x, {filters: 128, kernelSize: 3, strides: 2, padding: 1});
    x = network.batchNorm('bn2', x);
    x = network.relu('relu2', x);
    return network.poolingHead(x, numClasses);
  },
});
