// SPDX-License-Identifier: Apache-2.0
import type {Recipe} from '@addernet/plugin';

/** The AdderNet authors' training on CIFAR-10 and CIFAR-100, as their code has it. */
export const addernetCifar: Recipe = {
  name: 'addernet-cifar',
  description:
    'The AdderNet authors’ training on CIFAR: 399 epochs, batch 256, SGD from 0.1 along a cosine of 400 epochs',
  source: 'github.com/huawei-noah/AdderNet, main.py and adder.py; AdderNet, arXiv 1912.13200, section 4.2',
  notes: [
    'The paper says 400 epochs. The code counts from 1 to below 400: 399 epochs, the first at 0.05·(1 + cos(π/400)), slightly below 0.1.',
    'The paper says that the learning rate decays polynomially; in the code it is a cosine, set once per epoch.',
    'η of the local learning rate is 1/5 in the code. Weight decay is added after the scaling and covers every parameter, batch ' +
      'normalisation’s too.',
    'The paper’s convolutional ResNet-20 has 92.25 % on CIFAR-10 and 68.14 % on CIFAR-100 (table 2); the same group’s later work on ' +
      'distillation (Xu et al., arXiv 2009.13044) gives 92.93 % and 68.75 % for it. The adder network has 91.84 % and 67.60 % in both.',
    'The weights published with the code have 91.82 % on CIFAR-10’s test images.',
  ],
  settings: {
    epochs: 399,
    batchSize: 256,
    optimizer: {
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: false,
      weightDecay: 5e-4,
      localLearningRate: 0.2,
      increasedLearningRate: 1,
    },
    schedule: {
      kind: 'cosine',
      interval: 'epoch',
      length: 400,
      firstEpoch: 1,
      final: 0,
      milestones: [],
      gamma: 0.1,
      warmUpEpochs: 0,
    },
    augmentation: true,
  },
};
