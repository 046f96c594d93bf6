// SPDX-License-Identifier: Apache-2.0
import {defineArchitecture} from '../define-architecture.js';

/**
 * A plain network: an ordinary stem, three layers of 3×3, batch normalisation and ReLU after each, and the pooling head of the residual networks.
 * Layers that are compared take the network's `operator`, others `ordinary`. Write here what differs from the source, and why.
 */
export const placeholderName = defineArchitecture({
  name: 'placeholder-name',
  description: 'plain network of 8/16/16/32 channels, 3×3, with a pooling head',
  source: 'where the structure comes from: paper and section, or the reference code',
  minimumSize: 4,
  layers(network, input, numClasses) {
    const {operator, ordinary} = network;
    const window = {kernelSize: 3, padding: 1};
    let x = network.conv2d(ordinary, 'stem.conv', input, {...window, filters: 8});
    x = network.batchNorm('stem.bn', x);
    x = network.relu('stem.relu', x);
    x = network.conv2d(operator, 'conv1', x, {...window, filters: 16, strides: 2});
    x = network.batchNorm('bn1', x);
    x = network.relu('relu1', x);
    x = network.conv2d(operator, 'conv2', x, {...window, filters: 16});
    x = network.batchNorm('bn2', x);
    x = network.relu('relu2', x);
    x = network.conv2d(operator, 'conv3', x, {...window, filters: 32, strides: 2});
    x = network.batchNorm('bn3', x);
    x = network.relu('relu3', x);
    return network.poolingHead(x, numClasses);
  },
});
