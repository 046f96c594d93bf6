// SPDX-License-Identifier: Apache-2.0
import type {Tensor2D, Tensor4D, TensorInfo} from '@tensorflow/tfjs-core';

/**
 * Resolved geometry of a 2-D convolution-like op, NHWC. Computed once by the op; kernels never re-derive it.
 * Every field is a non-negative integer; strides and dilations are ≥ 1; paddings are explicit on each side.
 */
export type Conv2DGeometry = {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  /** Channels of x. `filter.shape[2]` is `inChannels / groups`. */
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Channels of y, over all groups. */
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  readonly groups: number;
};

/** How the adder's filter gradient is formed: ΣdY·(X−F) (AdderNet, eq. 5) or ΣdY·sgn(X−F) (eq. 4). */
export type FilterGradient = (typeof FILTER_GRADIENTS)[number];

/** Every `FilterGradient`, the default first. */
export const FILTER_GRADIENTS = ['full-precision', 'sign'] as const;

/** How the adder's input gradient is formed: ΣdY·HT(F−X) (AdderNet, eq. 6), ΣdY·sgn(F−X) or ΣdY·(F−X). */
export type InputGradient = (typeof INPUT_GRADIENTS)[number];

/** Every `InputGradient`, the default first. */
export const INPUT_GRADIENTS = ['hard-tanh', 'sign', 'full-precision'] as const;

/** What a fused kernel applies at its end: nothing, max(y, 0) or min(max(y, 0), 6). A NaN stays one. */
export type Activation = (typeof ACTIVATIONS)[number];

/** Every `Activation`, the default first. */
export const ACTIVATIONS = ['linear', 'relu', 'relu6'] as const;

/** Shapes: x [batch, inHeight, inWidth, inChannels], filter [filterHeight, filterWidth, inChannels/groups, outChannels], dy and y [batch, outHeight, outWidth, outChannels]. */
type ForwardInputs = {readonly x: TensorInfo; readonly filter: TensorInfo};
/** scale and offset [outChannels]; residual, which may be absent, has the shape of y. */
type FusedInputs = ForwardInputs & {
  readonly scale: TensorInfo;
  readonly offset: TensorInfo;
  readonly residual?: TensorInfo;
};
type FusedAttributes = {readonly geometry: Conv2DGeometry; readonly activation: Activation};
type BackpropInputs = {readonly x: TensorInfo; readonly filter: TensorInfo; readonly dy: TensorInfo};

/**
 * Every kernel of Addernet: its inputs, attributes and number of outputs. All tensors are float32.
 *
 * The grouped convolution kernels extend TF.js's Conv2D by groups, explicit padding and dilated gradients; without a kernel of its
 * own a backend uses TF.js's Conv2D kernels for them where those can do it.
 * Batch-norm kernels see x as [rows, channels]; `mean` and `variance` (biased) are [channels].
 * The fused kernels, for inference, give activation(scale·op(x, filter) + offset + residual), per channel, in that order; what op(x, filter) is, NaN and
 * infinities included, is as in the kernel that is not fused.
 */
export interface KernelTable {
  AdderConv2D: {inputs: ForwardInputs; attrs: {readonly geometry: Conv2DGeometry}; outputs: TensorInfo};
  AdderConv2DBackpropInput: {
    inputs: BackpropInputs;
    attrs: {readonly geometry: Conv2DGeometry; readonly inputGradient: InputGradient};
    outputs: TensorInfo;
  };
  AdderConv2DBackpropFilter: {
    inputs: BackpropInputs;
    attrs: {readonly geometry: Conv2DGeometry; readonly filterGradient: FilterGradient};
    outputs: TensorInfo;
  };
  GroupedConv2D: {inputs: ForwardInputs; attrs: {readonly geometry: Conv2DGeometry}; outputs: TensorInfo};
  GroupedConv2DBackpropInput: {
    inputs: {readonly filter: TensorInfo; readonly dy: TensorInfo};
    attrs: {readonly geometry: Conv2DGeometry};
    outputs: TensorInfo;
  };
  GroupedConv2DBackpropFilter: {
    inputs: {readonly x: TensorInfo; readonly dy: TensorInfo};
    attrs: {readonly geometry: Conv2DGeometry};
    outputs: TensorInfo;
  };
  FusedAdderConv2D: {inputs: FusedInputs; attrs: FusedAttributes; outputs: TensorInfo};
  FusedGroupedConv2D: {inputs: FusedInputs; attrs: FusedAttributes; outputs: TensorInfo};
  /** y = (x − mean)/√(variance + epsilon)·scale + offset; outputs [y, mean, variance], the variance biased. */
  BatchNormTraining: {
    inputs: {readonly x: TensorInfo; readonly scale: TensorInfo; readonly offset: TensorInfo};
    attrs: {readonly epsilon: number};
    outputs: TensorInfo[];
  };
  /** Outputs [dx, dScale, dOffset]. */
  BatchNormTrainingGrad: {
    inputs: {
      readonly dy: TensorInfo;
      readonly x: TensorInfo;
      readonly mean: TensorInfo;
      readonly variance: TensorInfo;
      readonly scale: TensorInfo;
    };
    attrs: {readonly epsilon: number};
    outputs: TensorInfo[];
  };
  /** y = (x − mean)/√(variance + epsilon)·scale + offset with given statistics. */
  BatchNormInference: {
    inputs: {
      readonly x: TensorInfo;
      readonly mean: TensorInfo;
      readonly variance: TensorInfo;
      readonly scale: TensorInfo;
      readonly offset: TensorInfo;
    };
    attrs: {readonly epsilon: number};
    outputs: TensorInfo;
  };
}

/** A kernel's name in TF.js's registry. */
export type AddernetKernelName = keyof KernelTable;

/** The kernels that make a backend's package complete; what it lacks is composed of TF.js's ops. */
export const KERNEL_NAMES: readonly AddernetKernelName[] = [
  'AdderConv2D',
  'AdderConv2DBackpropInput',
  'AdderConv2DBackpropFilter',
  'GroupedConv2D',
  'GroupedConv2DBackpropInput',
  'GroupedConv2DBackpropFilter',
  'FusedAdderConv2D',
  'FusedGroupedConv2D',
  'BatchNormTraining',
  'BatchNormTrainingGrad',
  'BatchNormInference',
];

/** Re-exported so that kernel authors name one package for shapes. */
export type {Tensor2D, Tensor4D, TensorInfo};
