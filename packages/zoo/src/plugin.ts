// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {architectures} from './create-model.js';

/** Binds every architecture of the zoo. */
export const zooModule = new ContainerModule(({bind}) => {
  for (const architecture of architectures) {
    bind(tokens.architecture).toConstantValue(architecture);
  }
});

export default zooModule;
