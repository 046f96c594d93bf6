// SPDX-License-Identifier: Apache-2.0
import type {Recipe} from '@addernet/plugin';

/** What a recipe leaves open is the experiment's: this one keeps its batch size, its optimizer and whether images are augmented. */
export const shortWarmUp: Recipe = {
  name: 'short-warm-up',
  description: 'Six epochs along a cosine that is followed at every step, after one of warm-up',
  source: 'Goyal et al., arXiv 1706.02677, section 2.2',
  notes: ['The paper warms up over five epochs of ImageNet, which are many more steps.'],
  settings: {epochs: 6, schedule: {kind: 'cosine', interval: 'step', warmUpEpochs: 1}},
};
