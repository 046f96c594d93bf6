// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {adderOperator} from './operators/adder.js';
import {convOperator} from './operators/conv.js';
import {recipes} from './recipes/index.js';
import {registerClasses} from './register-classes.js';

/** Binds the operators `conv` and `adder` and the recipes, and registers this package's classes, so that models of them can be loaded. */
export const operators = new ContainerModule(({bind}) => {
  registerClasses();
  bind(tokens.operator).toConstantValue(convOperator);
  bind(tokens.operator).toConstantValue(adderOperator);
  for (const recipe of recipes) bind(tokens.recipe).toConstantValue(recipe);
});

export default operators;
