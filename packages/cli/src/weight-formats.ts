// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {AddernetError} from '@addernet/core';
import {decodeSafetensors} from '@addernet/nn';
import {weightFormats as ownFormats, WeightsFileError, WeightsMismatchError, type WeightFormat} from '@addernet/runner';
import {
  loadPytorchWeights,
  loadSafetensors,
  pytorchFormat,
  PytorchWeightsMismatchError,
  readPytorchFile,
  type ReadPytorchOptions,
} from '@addernet/zoo/pytorch';

/** Runs what fails with the errors of other packages, and says of which file they tell. */
function inFile<T>(file: string, title: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PytorchWeightsMismatchError) {
      throw new WeightsMismatchError(file, title, error.missing, error.unexpected, error.misshapen, error.hint);
    }
    if (error instanceof AddernetError) throw new WeightsFileError(file, error.message, {cause: error});
    throw error;
  }
}

const pytorch = (options: ReadPytorchOptions): WeightFormat => ({
  name: 'pytorch',
  description: 'a PyTorch state dict',
  extensions: ['.pth', '.pt', '.th'],
  recognises: (_file, head) => pytorchFormat(head) !== undefined,
  read: async (file) => {
    const bytes = await readFile(file);
    // What is wrong with the file itself is told before data is loaded and a model is built.
    inFile(file, file, () => readPytorchFile(bytes, options));
    return {
      format: 'pytorch',
      weights: [],
      metadata: {},
      apply: (model, title) => void inFile(file, title, () => loadPytorchWeights(model, bytes, options)),
    };
  },
});

const safetensors: WeightFormat = {
  name: 'safetensors',
  description: 'safetensors with the names of a PyTorch state dict',
  extensions: ['.safetensors'],
  recognises: (file, head) => file.toLowerCase().endsWith('.safetensors') || head[8] === 0x7b,
  read: async (file) => {
    const bytes = await readFile(file);
    const {metadata} = inFile(file, file, () => decodeSafetensors(bytes));
    return {
      format: 'safetensors',
      weights: [],
      metadata,
      apply: (model, title) => void inFile(file, title, () => loadSafetensors(model, bytes)),
    };
  },
};

export const STATE_DICT_OPTION = [
  '--state-dict <name>',
  'where in a PyTorch file the weights are, if not under a usual name such as state_dict',
] as const;

/** What `addernet evaluate` and `addernet export` read; where a state dict's place in its file is given, only files that have such a place. */
export const weightFormats = (options: ReadPytorchOptions = {}): readonly WeightFormat[] =>
  options.stateDict === undefined ? [...ownFormats, pytorch(options), safetensors] : [pytorch(options)];
