// SPDX-License-Identifier: Apache-2.0
import type {Recipe} from '@addernet/plugin';

/** The AdderNet paper's training on MNIST. */
export const addernetMnist: Recipe = {
  name: 'addernet-mnist',
  description: 'The AdderNet paper’s training on MNIST: 50 epochs, batch 256, Nesterov from 0.1 along a cosine',
  source: 'AdderNet, arXiv 1912.13200, section 4.1',
  notes: [
    'The authors published no code for MNIST. η of the local learning rate (1/5) and the learning rate set once per epoch are those of their ' +
      'code for CIFAR.',
    'The paper resizes the images to 32×32; lenet5-bn pads them by two pixels on each side.',
    'The paper gives 99.4 % for LeNet-5-BN with convolutions and with adders.',
  ],
  settings: {
    epochs: 50,
    batchSize: 256,
    optimizer: {
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 5e-4,
      localLearningRate: 0.2,
      increasedLearningRate: 1,
    },
    schedule: {
      kind: 'cosine',
      interval: 'epoch',
      length: 'epochs',
      firstEpoch: 0,
      final: 0,
      milestones: [],
      gamma: 0.1,
      warmUpEpochs: 0,
    },
    augmentation: false,
  },
};
