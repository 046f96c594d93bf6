// SPDX-License-Identifier: Apache-2.0
import datasets from '@addernet/datasets/plugin';
import kernelsCpu from '@addernet/kernels-cpu/plugin';
import kernelsWasm from '@addernet/kernels-wasm/plugin';
import kernelsWebgpu from '@addernet/kernels-webgpu/plugin';
import nn from '@addernet/nn/plugin';
import report from '@addernet/report/plugin';
import {tokens} from '@addernet/plugin';
import {createContainer, localLauncher} from '@addernet/runner';
import trackers from '@addernet/trackers/plugin';
import zoo from '@addernet/zoo/plugin';
import {ContainerModule, type Container} from 'inversify';

/** The composition root: everything that comes with Addernet, by name. Plugins are loaded on top of it. */
export function createDefaultContainer(): Container {
  return createContainer([
    {name: '@addernet/kernels-cpu', module: kernelsCpu},
    {name: '@addernet/kernels-wasm', module: kernelsWasm},
    {name: '@addernet/kernels-webgpu', module: kernelsWebgpu},
    {name: '@addernet/nn', module: nn},
    {name: '@addernet/zoo', module: zoo},
    {name: '@addernet/datasets', module: datasets},
    {name: '@addernet/report', module: report},
    {name: '@addernet/trackers', module: trackers},
    {
      name: '@addernet/runner',
      module: new ContainerModule(({bind}) => void bind(tokens.launcher).toConstantValue(localLauncher)),
    },
  ]);
}
