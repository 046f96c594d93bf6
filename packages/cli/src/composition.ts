// SPDX-License-Identifier: Apache-2.0
import datasets from '@addernet/datasets/plugin';
import kernelsCpu from '@addernet/kernels-cpu/plugin';
import nn from '@addernet/nn/plugin';
import {tokens} from '@addernet/plugin';
import report from '@addernet/report/plugin';
import {createContainer} from '@addernet/runner';
import zoo from '@addernet/zoo/plugin';
import {type Container, ContainerModule} from 'inversify';
import {wasmBackend} from './backends/wasm.js';

const backends = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(wasmBackend);
});

/** The composition root: everything that comes with Addernet, by name. Plugins are loaded on top of it. */
export function createDefaultContainer(): Container {
  return createContainer([
    {name: '@addernet/kernels-cpu', module: kernelsCpu},
    {name: '@addernet/cli', module: backends},
    {name: '@addernet/nn', module: nn},
    {name: '@addernet/zoo', module: zoo},
    {name: '@addernet/datasets', module: datasets},
    {name: '@addernet/report', module: report},
  ]);
}
