// SPDX-License-Identifier: Apache-2.0
import {defineArchitecture} from '../define-architecture.js';

/** Side of LeNet-5's input field; its first layer pads smaller images, such as MNIST's 28×28, by two pixels on each side. */
const FIELD = 32;

/**
 * LeNet-5 (LeCun et al. 1998, section II-B) with batch normalisation, as in the AdderNet paper's MNIST experiment (section 4.1). Two 5×5
 * layers (6 and 16 channels), each followed by batch normalisation, ReLU and 2×2 max pooling, then fully connected layers of 120, 84 and
 * numClasses units, batch normalisation after each, ReLU between them. ReLU, max pooling and the full connection between the first two
 * maps are today's reading of LeNet-5; the paper does not spell them out.
 *
 * All five are the operator's, the first and the last included: the paper replaces the convolutions and also the fully connected layers.
 * So an adder LeNet-5-BN multiplies in batch normalisation only, and it is the only architecture here without an ordinary layer. Batch
 * normalisation of the logits is what makes an adder layer usable as the last one: its outputs are never positive and of the order of its
 * fan-in.
 *
 * Inputs smaller than 32 are zero-padded by two pixels on each side in the first layer (28×28 becomes LeNet's 32×32; the paper
 * resizes instead); both give 416,520 taps on one channel and ten classes. The paper says about 435 K.
 */
export const lenet5Bn = defineArchitecture({
  name: 'lenet5-bn',
  description: 'LeNet-5 with batch normalisation; all convolutions and fully connected layers are the operator’s',
  source:
    'LeCun et al. 1998, "Gradient-based learning applied to document recognition"; AdderNet, arXiv 1912.13200, section 4.1',
  minimumSize: 12,
  layers(network, input, numClasses) {
    const {operator} = network;
    const smallest = Math.min(...input.shape.slice(1, 3).map((size) => size ?? 0));
    let x = network.conv2d(operator, 'conv1', input, {filters: 6, kernelSize: 5, padding: smallest < FIELD ? 2 : 0});
    x = network.batchNorm('bn1', x);
    x = network.relu('relu1', x);
    x = network.maxPool('pool1', x);
    x = network.conv2d(operator, 'conv2', x, {filters: 16, kernelSize: 5});
    x = network.batchNorm('bn2', x);
    x = network.relu('relu2', x);
    x = network.maxPool('pool2', x);
    x = network.flatten('flatten', x);
    x = network.dense(operator, 'dense1', x, {units: 120, useBias: false});
    x = network.batchNorm('bn3', x);
    x = network.relu('relu3', x);
    x = network.dense(operator, 'dense2', x, {units: 84, useBias: false});
    x = network.batchNorm('bn4', x);
    x = network.relu('relu4', x);
    x = network.dense(operator, 'dense3', x, {units: numClasses, useBias: false});
    return network.batchNorm('logits', x);
  },
});
