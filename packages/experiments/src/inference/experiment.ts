// SPDX-License-Identifier: Apache-2.0
import {defineInference} from '@addernet/runner';

/** What inference takes with adder and with convolution: whole networks and every layer, as trained and fused, on every backend that is here. */
export default defineInference({
  name: 'inference',
  description: 'What inference takes with adder and with convolution, in whole networks and layer by layer',
  config: {architectures: ['resnet20'], batchSizes: [1, 128]},
  variants: {
    /** The networks of the AdderNet paper for small images. */
    paper: {architectures: ['resnet20', 'resnet32', 'vgg-small'], batchSizes: [1, 32, 128]},
    /** ImageNet's sizes. */
    imagenet: {
      architectures: ['resnet18', 'resnet50', 'mobilenet-v2'],
      image: {height: 224, width: 224},
      classes: 1000,
      batchSizes: [1, 32],
    },
    /** Says that every part of the road works; its numbers mean nothing. */
    smoke: {architectures: ['tiny'], batchSizes: [1], rounds: 3, sampleMilliseconds: 1},
  },
});
