// SPDX-License-Identifier: Apache-2.0
import {readFile, writeFile} from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import '@addernet/kernels-wasm/register';
import {createModel} from '@addernet/zoo';
import {loadPytorchWeights, saveSafetensors} from '@addernet/zoo/pytorch';

/** Reads the AdderNet authors' ResNet-20 for CIFAR-10 and writes it as safetensors, which their PyTorch model can load again. */
export async function convert(checkpoint: string, output: string): Promise<void> {
  await tf.setBackend('wasm');
  const model = createModel('resnet20', {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3], seed: 0});
  const {extra} = loadPytorchWeights(model, await readFile(checkpoint));
  console.log(`read ${checkpoint}; beside its weights it has ${JSON.stringify(extra)}`);
  const metadata = {
    architecture: 'resnet20',
    operator: 'adder',
    normalization: '0.4914,0.4822,0.4465/0.2023,0.1994,0.201',
  };
  await writeFile(output, await saveSafetensors(model, {metadata}));
  model.dispose();
}
