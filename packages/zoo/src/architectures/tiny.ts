// SPDX-License-Identifier: Apache-2.0
import {defineArchitecture} from '../define-architecture.js';

/**
 * A small network for comparisons without a fast backend, and for tests: 1.18 M taps in the operator's three layers and 1.30 M in all on
 * 32×32×3, a thirtieth of ResNet-20. It has the parts that make adder networks train, in the order of the authors' residual
 * networks (ordinary stem, batch normalisation after every layer, ordinary head, batch normalisation of the logits), and no shortcuts.
 */
export const tiny = defineArchitecture({
  name: 'tiny',
  description: 'Small plain network: ordinary stem at stride 2, three 3×3 layers of 32/64/64 channels, pooling head',
  source: 'Addernet’s own; in the manner of github.com/huawei-noah/AdderNet, resnet20.py',
  minimumSize: 8,
  layers(network, input, numClasses) {
    let x = network.conv2d(network.ordinary, 'stem.conv', input, {
      filters: 16,
      kernelSize: 3,
      strides: 2,
      padding: 1,
    });
    x = network.batchNorm('stem.bn', x);
    x = network.relu('stem.relu', x);
    const layers = [
      {filters: 32, strides: 2},
      {filters: 64, strides: 2},
      {filters: 64, strides: 1},
    ];
    layers.forEach((layer, index) => {
      x = network.conv2d(network.operator, `conv${index + 1}`, x, {...layer, kernelSize: 3, padding: 1});
      x = network.batchNorm(`bn${index + 1}`, x);
      x = network.relu(`relu${index + 1}`, x);
    });
    return network.poolingHead(x, numClasses);
  },
});
