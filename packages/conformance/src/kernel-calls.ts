// SPDX-License-Identifier: Apache-2.0
import {type AddernetKernelName, ArgumentError, conv2dGeometry} from '@addernet/core';
import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';

/** What a kernel is called with, but for the tensors' values. */
export interface KernelCallShapes {
  readonly kernelName: AddernetKernelName;
  /** The inputs' shapes, by name. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attrs: object;
}

/**
 * A call of every kernel on one layer with 'same' padding, the adder's gradients under each of their surrogates. Made for kernels that only tell a device what to do, as
 * those of GPUs: with a backend that notes what it is told, their programs, sizes and failures can be tested where there is no device.
 *
 * @param xShape [batch, height, width, inChannels]
 * @param filterShape [filterHeight, filterWidth, inChannels / groups, outChannels]
 * @throws ShapeError, ArgumentError where the shapes make no layer
 */
export function kernelCallsOn(
  xShape: readonly number[],
  filterShape: readonly number[],
  strides = 1,
  groups = 1,
): KernelCallShapes[] {
  const geometry = conv2dGeometry({opName: 'kernelCallsOn', xShape, filterShape, strides, pad: 'same', groups});
  const {batch, outHeight, outWidth, outChannels, inHeight, inWidth, inChannels} = geometry;
  const dy = [batch, outHeight, outWidth, outChannels];
  const layer = {x: xShape, filter: filterShape};
  const fused = {...layer, scale: [outChannels], offset: [outChannels], residual: dy};
  const rows = [batch * inHeight * inWidth, inChannels];
  const offset = [inChannels];
  const statistics = {mean: [inChannels], variance: [inChannels], scale: [inChannels]};
  const epsilon = 1e-5;
  return [
    {kernelName: 'AdderConv2D', inputs: layer, attrs: {geometry}},
    ...(['hard-tanh', 'sign', 'full-precision'] as const).map((inputGradient) => ({
      kernelName: 'AdderConv2DBackpropInput' as const,
      inputs: {...layer, dy},
      attrs: {geometry, inputGradient},
    })),
    ...(['full-precision', 'sign'] as const).map((filterGradient) => ({
      kernelName: 'AdderConv2DBackpropFilter' as const,
      inputs: {...layer, dy},
      attrs: {geometry, filterGradient},
    })),
    {kernelName: 'GroupedConv2D', inputs: layer, attrs: {geometry}},
    {kernelName: 'GroupedConv2DBackpropInput', inputs: {filter: filterShape, dy}, attrs: {geometry}},
    {kernelName: 'GroupedConv2DBackpropFilter', inputs: {x: xShape, dy}, attrs: {geometry}},
    {kernelName: 'FusedAdderConv2D', inputs: fused, attrs: {geometry, activation: 'relu'}},
    {kernelName: 'FusedGroupedConv2D', inputs: fused, attrs: {geometry, activation: 'relu6'}},
    {kernelName: 'BatchNormTraining', inputs: {x: rows, scale: [inChannels], offset}, attrs: {epsilon}},
    {kernelName: 'BatchNormTrainingGrad', inputs: {dy: rows, x: rows, ...statistics}, attrs: {epsilon}},
    {kernelName: 'BatchNormInference', inputs: {x: rows, ...statistics, offset}, attrs: {epsilon}},
  ];
}

/**
 * Calls the kernel of that name, past TF.js's registry, on float32 tensors that have shapes and no values.
 *
 * @param backend what the kernel takes for its backend
 * @returns the kernel's outputs
 * @throws ArgumentError where `kernels` has none of that name
 */
export function callOnShapes(
  kernels: readonly KernelConfig[],
  backend: object,
  {kernelName, inputs, attrs}: KernelCallShapes,
): readonly TensorInfo[] {
  const kernel = kernels.find((candidate) => candidate.kernelName === kernelName);
  if (kernel === undefined) {
    const names = kernels.map((candidate) => candidate.kernelName).join(', ');
    throw new ArgumentError(`callOnShapes: there is no kernel ${kernelName}; expected one of ${names}`);
  }
  const tensors = Object.entries(inputs).map(([name, shape]): [string, TensorInfo] => [
    name,
    {shape: [...shape], dtype: 'float32', dataId: {}},
  ]);
  return [kernel.kernelFunc({inputs: Object.fromEntries(tensors), attrs: {...attrs}, backend})].flat();
}
