// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {createLenetPlusPlus} from '@addernet/zoo';
import {ContainerModule} from 'inversify';

/** LeNet++ with a quarter of its channels and a sixteenth of its operations. */
export const narrowLenetPlusPlus = createLenetPlusPlus({name: 'lenet++-narrow', widths: [8, 16, 32]});

export default new ContainerModule(({bind}) => {
  bind(tokens.architecture).toConstantValue(narrowLenetPlusPlus);
});
