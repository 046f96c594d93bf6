// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, conv2dGeometry} from '@addernet/core';
import type {WebGPUProgram} from '@tensorflow/tfjs-backend-webgpu';
import type * as tf from '@tensorflow/tfjs-core';
import {kernels} from '../src/index.js';

/** A shader as it would have been run. */
export interface Dispatch {
  readonly program: WebGPUProgram;
  readonly inputs: readonly tf.TensorInfo[];
  readonly uniforms: readonly {readonly type: string; readonly data: readonly number[]}[];
}

/** Stands in for TF.js's webgpu backend where there is no WebGPU: notes what is run and disposed. */
export class NotingBackend {
  readonly dispatches: Dispatch[] = [];
  readonly living = new Set<object>();
  /** The dispatch that fails, counted from 1. */
  failingDispatch = Infinity;
  loseDevice: (info: {reason: string; message: string}) => void = () => undefined;
  readonly device: {limits: Record<string, number>; lost: Promise<{reason: string; message: string}>};

  constructor(limits: Readonly<Record<string, number>> = {}) {
    this.device = {
      limits: {
        maxBufferSize: 2 ** 28,
        maxStorageBufferBindingSize: 2 ** 27,
        maxComputeWorkgroupsPerDimension: 65535,
        ...limits,
      },
      lost: new Promise((resolve) => {
        this.loseDevice = resolve;
      }),
    };
  }

  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: Float32Array): tf.TensorInfo & {values?: Float32Array} {
    const dataId = {};
    this.living.add(dataId);
    return {shape, dtype, dataId, ...(values === undefined ? {} : {values})};
  }

  disposeData(dataId: object): boolean {
    if (!this.living.delete(dataId)) throw new Error('disposed twice');
    return true;
  }

  runWebGPUProgram(
    program: WebGPUProgram,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: {type: string; data: number[]}[],
  ): tf.TensorInfo {
    this.dispatches.push({program, inputs, uniforms});
    if (this.dispatches.length === this.failingDispatch) throw new Error('the dispatch fails');
    return this.makeTensorInfo(program.outputShape, dtype);
  }
}
export interface Call {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly attrs: object;
}

/** Calls a kernel of this package on inputs of these shapes. */
export function callKernel(backend: NotingBackend, {kernelName, inputs, attrs}: Call): readonly tf.TensorInfo[] {
  const kernel = kernels.find((candidate) => candidate.kernelName === kernelName);
  if (kernel === undefined) throw new Error(`no kernel ${kernelName}`);
  const tensors = Object.entries(inputs).map(([name, shape]): [string, tf.TensorInfo] => [
    name,
    {shape: [...shape], dtype: 'float32', dataId: {}},
  ]);
  const result = kernel.kernelFunc({inputs: Object.fromEntries(tensors), attrs: {...attrs}, backend});
  return [result].flat();
}

/** A call of every kernel on a layer. */
export function callsOn(xShape: readonly number[], filterShape: readonly number[], strides = 1, groups = 1): Call[] {
  const geometry: Conv2DGeometry = conv2dGeometry({opName: 'test', xShape, filterShape, strides, pad: 'same', groups});
  const {batch, outHeight, outWidth, outChannels, inHeight, inWidth, inChannels} = geometry;
  const dy = [batch, outHeight, outWidth, outChannels];
  const layer = {x: xShape, filter: filterShape};
  const channels = [outChannels];
  const rows = [batch * inHeight * inWidth, inChannels];
  const statistics = {mean: [inChannels], variance: [inChannels], scale: [inChannels]};
  const fused = {...layer, scale: channels, offset: channels, residual: dy};
  return [
    {kernelName: 'AdderConv2D', inputs: layer, attrs: {geometry}},
    ...(['hard-tanh', 'sign', 'full-precision'] as const).map((inputGradient) => ({
      kernelName: 'AdderConv2DBackpropInput',
      inputs: {...layer, dy},
      attrs: {geometry, inputGradient},
    })),
    ...(['full-precision', 'sign'] as const).map((filterGradient) => ({
      kernelName: 'AdderConv2DBackpropFilter',
      inputs: {...layer, dy},
      attrs: {geometry, filterGradient},
    })),
    {kernelName: 'GroupedConv2D', inputs: layer, attrs: {geometry}},
    {kernelName: 'GroupedConv2DBackpropInput', inputs: {filter: filterShape, dy}, attrs: {geometry}},
    {kernelName: 'GroupedConv2DBackpropFilter', inputs: {x: xShape, dy}, attrs: {geometry}},
    {kernelName: 'FusedAdderConv2D', inputs: fused, attrs: {geometry, activation: 'relu'}},
    {kernelName: 'FusedGroupedConv2D', inputs: fused, attrs: {geometry, activation: 'relu6'}},
    {
      kernelName: 'BatchNormTraining',
      inputs: {x: rows, scale: [inChannels], offset: [inChannels]},
      attrs: {epsilon: 1e-5},
    },
    {kernelName: 'BatchNormTrainingGrad', inputs: {dy: rows, x: rows, ...statistics}, attrs: {epsilon: 1e-5}},
    {kernelName: 'BatchNormInference', inputs: {x: rows, ...statistics, offset: [inChannels]}, attrs: {epsilon: 1e-5}},
  ];
}
