// SPDX-License-Identifier: Apache-2.0
import {createAdderOperator} from '@addernet/nn';
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';

/** Adders that differ from the paper's in one of their two surrogate gradients. */
export const gradientVariants = [
  createAdderOperator({
    name: 'adder-sign-filter',
    description: 'adder whose filters’ gradient is the sign (the exact one: AdderNet, eq. 4)',
    filterGradient: 'sign',
  }),
  createAdderOperator({
    name: 'adder-sign-input',
    description: 'adder whose inputs’ gradient is the sign (the exact one)',
    inputGradient: 'sign',
  }),
  createAdderOperator({
    name: 'adder-unclipped-input',
    description: 'adder whose inputs’ gradient is the difference, not clipped to [−1, 1]',
    inputGradient: 'full-precision',
  }),
];

export default new ContainerModule(({bind}) => {
  for (const operator of gradientVariants) bind(tokens.operator).toConstantValue(operator);
});
