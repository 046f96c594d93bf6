// SPDX-License-Identifier: Apache-2.0
export {fromModelArtifacts, type SaveOptions, toModelArtifacts} from './artifacts/model-artifacts.js';
export {decodeSafetensors, encodeSafetensors, type SafetensorsFile} from './artifacts/safetensors.js';
export {
  BYTES_PER_ELEMENT,
  elementReader,
  type ElementReader,
  fromFloat32,
  type StoredDtype,
  type StoredTensor,
  toFloat32,
} from './artifacts/stored-tensor.js';
export {countCosts} from './counts/count-costs.js';
export {countOperations, type LayerOperations, type ModelOperations} from './counts/count-operations.js';
export {DuplicateLibraryError, SafetensorsError, StateMismatchError} from './errors.js';
export {type FusedChain, type FusedModel, fuseForInference} from './fusion/fuse-for-inference.js';
export type {Untouched} from './fusion/find-chains.js';
export {KaimingNormal, type KaimingNormalConfig} from './initializers/kaiming-normal.js';
export {Normal, type NormalConfig} from './initializers/normal.js';
export {PyTorchUniform} from './initializers/pytorch-uniform.js';
export {SeededInitializer, type SeededInitializerConfig, type WeightStream} from './initializers/seeded-initializer.js';
export {adderConv2d, AdderConv2D, type AdderConv2DConfig} from './layers/adder-conv2d.js';
export {adderDense, AdderDense, type AdderDenseConfig} from './layers/adder-dense.js';
export {batchNormalization, BatchNormalization, type BatchNormalizationConfig} from './layers/batch-normalization.js';
export {conv2d, Conv2D} from './layers/conv2d.js';
export {Conv2DLayer, type Conv2DLayerConfig, type PairOption} from './layers/conv2d-layer.js';
export {dense, Dense} from './layers/dense.js';
export {DenseLayer, type DenseLayerConfig} from './layers/dense-layer.js';
export {FusedAdderConv2D} from './layers/fused-adder-conv2d.js';
export {FusedAdderDense} from './layers/fused-adder-dense.js';
export {FusedConv2D} from './layers/fused-conv2d.js';
export {type EpilogueConfig, FusedConv2DLayer, type FusedConv2DLayerConfig} from './layers/fused-conv2d-layer.js';
export {FusedDense} from './layers/fused-dense.js';
export {FusedDenseLayer, type FusedDenseLayerConfig} from './layers/fused-dense-layer.js';
export {zeroPaddedShortcut, ZeroPaddedShortcut, type ZeroPaddedShortcutConfig} from './layers/zero-padded-shortcut.js';
export {adderOperator, type AdderOperatorOptions, createAdderOperator} from './operators/adder.js';
export {convOperator} from './operators/conv.js';
export {OPERATION_ENERGY, OPERATION_ENERGY_SOURCE} from './operators/energy.js';
export {isAdderFilter, markAdderFilter} from './optimizers/adder-filters.js';
export {SGD, type SGDConfig} from './optimizers/sgd.js';
export {addernetCifar} from './recipes/addernet-cifar.js';
export {addernetImagenet} from './recipes/addernet-imagenet.js';
export {addernetMnist} from './recipes/addernet-mnist.js';
export {recipes} from './recipes/index.js';
export {registerClasses} from './register-classes.js';
export type {ConstraintOption, InitializerOption, RegularizerOption} from './resolve.js';
export {constantSchedule} from './schedules/constant.js';
export {cosineSchedule, type CosineScheduleOptions} from './schedules/cosine.js';
export {scheduleCallback, type ScheduleCallbackOptions} from './schedules/schedule-callback.js';
export type {Schedule} from './schedules/schedule.js';
export {stepSchedule, type StepScheduleOptions} from './schedules/step.js';
export {warmUp, type WarmUpOptions} from './schedules/warm-up.js';
