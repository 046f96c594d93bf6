// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';
import {cifarRecipes} from '../cifar.js';

/** CIFAR-100: adder against convolution in the same network, trained by the same recipe (AdderNet, CVPR 2020, §4.2). */
export default defineExperiment({
  name: 'cifar100',
  description: 'Adder against convolution in the same network, trained by the same recipe',
  ...cifarRecipes('cifar100'),
});
