// SPDX-License-Identifier: Apache-2.0
export {describeValue} from './describe-value.js';
export {
  AddernetError,
  ArgumentError,
  DtypeError,
  GradientError,
  KernelCallError,
  KernelRegistrationError,
  ShapeError,
} from './errors.js';
export {conv2dGeometry, type Conv2DGeometryArgs, type ExplicitPadding, type Padding, type Pair} from './geometry.js';
export {composedKernels} from './kernels/composed/ensure-kernel.js';
export * from './kernels/contract.js';
export {defineKernel, type KernelDefinition} from './kernels/define-kernel.js';
export {isReplaceable, registerKernels} from './kernels/register-kernels.js';
export {disposingOnError, type TensorDisposer, withTemporaries} from './kernels/temporaries.js';
export {CounterRandom, deriveSeed, philox4x32, shuffledIndices} from './random.js';
export {adderConv2d, type AdderConv2DOptions} from './ops/adder-conv2d.js';
export {batchNormInference, batchNormTraining} from './ops/batch-norm.js';
export {conv2d, type Conv2DOptions} from './ops/conv2d.js';
export {fusedAdderConv2d} from './ops/fused-adder-conv2d.js';
export {fusedConv2d} from './ops/fused-conv2d.js';
export type {FusedConv2DArguments} from './ops/fused-op.js';
