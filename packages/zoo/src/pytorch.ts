// SPDX-License-Identifier: Apache-2.0
export {PytorchFileError, PytorchWeightsMismatchError, UnsafePickleError} from './pytorch/errors.js';
export {
  loadPytorchWeights,
  loadSafetensors,
  type LoadedWeights,
  type LoadPytorchOptions,
  type LoadWeightsOptions,
} from './pytorch/load-weights.js';
export {layerNames, type PytorchName, pytorchNames, residualNames, type WeightIdentity} from './pytorch/names.js';
export type {PickleScalar} from './pytorch/pickle/values.js';
export {
  type PytorchFile,
  pytorchFormat,
  readPytorchFile,
  type ReadPytorchOptions,
} from './pytorch/read-pytorch-file.js';
export {saveSafetensors, type SaveSafetensorsOptions} from './pytorch/save-safetensors.js';
export type {TorchStorage, TorchTensor} from './pytorch/torch-tensor.js';
