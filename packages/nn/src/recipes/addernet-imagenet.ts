// SPDX-License-Identifier: Apache-2.0
import type {Recipe} from '@addernet/plugin';

/** The AdderNet paper's training on ImageNet. */
export const addernetImagenet: Recipe = {
  name: 'addernet-imagenet',
  description: 'The AdderNet paper’s training on ImageNet: 150 epochs, batch 256, Nesterov from 0.1 along a cosine',
  source: 'AdderNet, arXiv 1912.13200, section 4.3',
  notes: [
    'The authors published the network and its evaluation (resnet50.py, test.py), but no training code for ImageNet. Initial learning rate, batch ' +
      'size, η (1/5) and the learning rate set once per epoch are those of their code for CIFAR; weight decay is 1e-4 here.',
    'Random resized crops and flips in training, the centre of the resized image in evaluation: what test.py and torchvision do.',
    'The paper gives 74.9 % top-1 for ResNet-50 with adders (convolutions: 76.2 %) and 67.0 % for ResNet-18 (69.8 %); earlier versions of it ' +
      'have 66.8 % for the latter.',
  ],
  settings: {
    epochs: 150,
    batchSize: 256,
    optimizer: {
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 1e-4,
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
    augmentation: true,
  },
};
