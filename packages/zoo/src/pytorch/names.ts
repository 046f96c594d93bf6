// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs-layers';

/** A weight of a model, as far as its name in a state dict may depend on it. */
export interface WeightIdentity {
  /** e.g. 'stage2.block0.conv1'. */
  readonly layer: string;
  /** Class of the layer (`getClassName()`), e.g. 'AdderConv2D'. */
  readonly layerClass: string;
  /** 'kernel', 'bias', 'gamma', 'beta', 'moving_mean' or 'moving_variance'. */
  readonly weight: string;
}

/** The name of a weight in a state dict, without the prefix of a wrapper such as 'module.'. */
export type PytorchName = (weight: WeightIdentity) => string;

/** Modules of the reference code, where they are not named as the zoo's layers. */
const RESIDUAL_MODULES: readonly (readonly [RegExp, string])[] = [
  [/^stem\.conv$/, 'conv1'],
  [/^stem\.bn$/, 'bn1'],
  [/^stage(\d+)\.block(\d+)\.shortcut\.conv$/, 'layer$1.$2.downsample.0'],
  [/^stage(\d+)\.block(\d+)\.shortcut\.bn$/, 'layer$1.$2.downsample.1'],
  [/^stage(\d+)\.block(\d+)\./, 'layer$1.$2.'],
  [/^head\.conv$/, 'fc'],
  [/^head\.bn$/, 'bn2'],
  [/^head\.dense$/, 'linear'],
];

const ADDER_CLASSES: readonly string[] = ['AdderConv2D', 'AdderDense'];

const TENSORS: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  bias: 'bias',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
};

const tensorName = ({layerClass, weight}: WeightIdentity): string =>
  weight === 'kernel' && ADDER_CLASSES.includes(layerClass)
    ? 'adder'
    : ((Object.hasOwn(TENSORS, weight) ? TENSORS[weight] : undefined) ?? weight);

/** Names of layers as they are, names of tensors as PyTorch has them: 'dense1.weight', or 'dense1.adder' for an adder's filter. */
export const layerNames: PytorchName = (weight) => `${weight.layer}.${tensorName(weight)}`;

/**
 * Names as in the reference code of the zoo's residual networks, github.com/huawei-noah/AdderNet and github.com/akamaster/pytorch_resnet_cifar10:
 * 'stage2.block0.shortcut.conv' is 'layer2.0.downsample.0'.
 */
export const residualNames: PytorchName = (weight) => {
  const {layer} = weight;
  const rule = RESIDUAL_MODULES.find(([pattern]) => pattern.test(layer));
  return `${rule === undefined ? layer : layer.replace(rule[0], rule[1])}.${tensorName(weight)}`;
};

/** The names that a model of the zoo has in PyTorch: `residualNames` where it has residual blocks of 3×3 or bottleneck layers, else `layerNames`. */
export function pytorchNames(model: LayersModel): PytorchName {
  return model.layers.some(({name}) => name === 'stage1.block0.conv1') ? residualNames : layerNames;
}
