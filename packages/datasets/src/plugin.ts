// SPDX-License-Identifier: Apache-2.0
import {tokens} from '@addernet/plugin';
import {ContainerModule} from 'inversify';
import {cifar10Adapter, cifar100Adapter, mnistAdapter} from './node/adapters.js';
import {imageFolderAdapter} from './node/image-folder/adapter.js';

/** Binds the dataset adapters 'cifar10', 'cifar100', 'mnist' and 'image-folder' for Node. */
export const datasetsPlugin = new ContainerModule(({bind}) => {
  for (const adapter of [cifar10Adapter, cifar100Adapter, mnistAdapter, imageFolderAdapter]) {
    bind(tokens.dataset).toConstantValue(adapter);
  }
});

export default datasetsPlugin;
