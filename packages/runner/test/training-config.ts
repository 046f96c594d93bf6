// SPDX-License-Identifier: Apache-2.0

/** A short training: two epochs of a cosine. */
export const config = {
  epochs: 2,
  batchSize: 16,
  evaluationBatchSize: 10,
  optimizer: {
    learningRate: 0.05,
    momentum: 0.9,
    nesterov: false,
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
  augmentation: true,
} as const;
