// SPDX-License-Identifier: Apache-2.0
import {defineExperiment} from '@addernet/runner';
import {cifarRecipes} from '../cifar.js';

/** CIFAR-10: adder against convolution in the same network, trained by the same recipe (AdderNet, CVPR 2020, §4.2). */
export default defineExperiment({
  name: 'cifar10',
  description: 'Adder against convolution in the same network, trained by the same recipe',
  ...cifarRecipes('cifar10'),
});
