// SPDX-License-Identifier: Apache-2.0
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {decodeSafetensors, toFloat32} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import {saveSafetensors} from '@addernet/zoo/pytorch';
import {expect, it, vi} from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {convert} from '../../../docs/examples/published-weights.js';
import {stateDictFile} from '../../zoo/test/pytorch/torch-file-writer.js';
import {dict, integer} from '../../zoo/test/pytorch/pickle-writer.js';
import {temporaryFolder} from './support.js';

it('the example of the guide converts a checkpoint', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const folder = temporaryFolder();
  const options = {operator: 'adder', numClasses: 10, inputShape: [32, 32, 3] as const, seed: 5};
  const {tensors} = decodeSafetensors(await saveSafetensors(createModel('resnet20', options), {prefix: 'module.'}));
  const state = Object.fromEntries(
    tensors.map((tensor) => [tensor.name, {shape: tensor.shape, values: toFloat32(tensor)}]),
  );
  const [checkpoint, output] = [path.join(folder, 'checkpoint.pth'), path.join(folder, 'out.safetensors')];
  writeFileSync(
    checkpoint,
    stateDictFile('zip', state, (stateDict) => dict({epoch: integer(400), state_dict: stateDict})),
  );
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await convert(checkpoint, output);
  expect(log).toHaveBeenCalledWith(`read ${checkpoint}; beside its weights it has {"epoch":400}`);
  const written = decodeSafetensors(new Uint8Array(readFileSync(output)));
  expect(written.metadata).toMatchObject({format: 'pt', architecture: 'resnet20', operator: 'adder'});
  const bare = tensors.map(({name, shape, bytes}) => [name.slice('module.'.length), shape, [...bytes]]);
  expect(written.tensors.map(({name, shape, bytes}) => [name, shape, [...bytes]])).toEqual(bare);
});
