// SPDX-License-Identifier: Apache-2.0
export {architectures, createModel, listModels} from './create-model.js';
export type {CreateModelOptions, ModelDescription} from './create-model.js';
export {createImagenetResnet, resnet18, resnet34, resnet50} from './architectures/imagenet-resnet.js';
export type {ImagenetResnetOptions, ResidualBlock} from './architectures/imagenet-resnet.js';
export {createLenetPlusPlus, lenetPlusPlus} from './architectures/lenet-plus-plus.js';
export type {LenetPlusPlusOptions} from './architectures/lenet-plus-plus.js';
export {createMobilenetV2, mobilenetV2} from './architectures/mobilenet-v2.js';
export type {MobilenetV2Options} from './architectures/mobilenet-v2.js';
export {createCifarResnet, resnet20, resnet32, resnet44, resnet56} from './architectures/resnet.js';
export type {CifarResnetOptions} from './architectures/resnet.js';
export {createOptionAResnet, resnet20OptionA} from './architectures/resnet-option-a.js';
export type {OptionAResnetOptions} from './architectures/resnet-option-a.js';
export {createVggSmall, vggSmall} from './architectures/vgg-small.js';
export type {VggSmallOptions} from './architectures/vgg-small.js';
export {lenet5Bn} from './architectures/lenet5-bn.js';
export {tiny} from './architectures/tiny.js';
export {
  InvalidBuildOptionError,
  OperatorContractError,
  UnknownArchitectureError,
  UnknownOperatorError,
} from './errors.js';
