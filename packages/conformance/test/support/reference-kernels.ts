// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry, FilterGradient, InputGradient, KernelTable} from '@addernet/core';
import {
  adderConv2dBackpropFilterReference,
  adderConv2dBackpropInputReference,
  adderConv2dReference,
  batchNormInferenceReference,
  batchNormTrainingGradReference,
  batchNormTrainingReference,
  conv2dBackpropFilterReference,
  conv2dBackpropInputReference,
  conv2dReference,
  type EpilogueReference,
  fusedAdderConv2dReference,
  fusedConv2dReference,
} from '@addernet/core/reference';
import {type Access, registerArrayKernel} from './throw-away-backend.js';

type Values = ArrayLike<number>;

/** Every kernel as a function of plain arrays. A test replaces one of them by something wrong. */
export interface ArrayKernels {
  adder(x: Values, filter: Values, g: Conv2DGeometry): Values;
  adderBackpropInput(x: Values, filter: Values, dy: Values, g: Conv2DGeometry, kind: InputGradient): Values;
  adderBackpropFilter(x: Values, filter: Values, dy: Values, g: Conv2DGeometry, kind: FilterGradient): Values;
  conv(x: Values, filter: Values, g: Conv2DGeometry): Values;
  convBackpropInput(filter: Values, dy: Values, g: Conv2DGeometry): Values;
  convBackpropFilter(x: Values, dy: Values, g: Conv2DGeometry): Values;
  fusedAdder(x: Values, filter: Values, g: Conv2DGeometry, epilogue: EpilogueReference): Values;
  fusedConv(x: Values, filter: Values, g: Conv2DGeometry, epilogue: EpilogueReference): Values;
  batchNorm(
    x: Values,
    scale: Values,
    offset: Values,
    rows: number,
    channels: number,
    epsilon: number,
  ): {readonly y: Values; readonly mean: Values; readonly variance: Values};
  batchNormGrad(
    dy: Values,
    x: Values,
    mean: Values,
    variance: Values,
    scale: Values,
    rows: number,
    channels: number,
    epsilon: number,
  ): {readonly dx: Values; readonly dScale: Values; readonly dOffset: Values};
  batchNormInference(
    x: Values,
    mean: Values,
    variance: Values,
    scale: Values,
    offset: Values,
    rows: number,
    channels: number,
    epsilon: number,
  ): Values;
}

/** Right in every respect: the float64 references, rounded to float32 at the end. */
export const correctKernels: ArrayKernels = {
  adder: adderConv2dReference,
  adderBackpropInput: adderConv2dBackpropInputReference,
  adderBackpropFilter: adderConv2dBackpropFilterReference,
  conv: conv2dReference,
  convBackpropInput: conv2dBackpropInputReference,
  convBackpropFilter: conv2dBackpropFilterReference,
  fusedAdder: fusedAdderConv2dReference,
  fusedConv: fusedConv2dReference,
  batchNorm: batchNormTrainingReference,
  batchNormGrad: batchNormTrainingGradReference,
  batchNormInference: batchNormInferenceReference,
};

/** Registers all kernels on a throw-away backend. */
export function registerArrayKernels(backend: string, changes: Partial<ArrayKernels> = {}): void {
  const kernels: ArrayKernels = {...correctKernels, ...changes};
  registerArrayKernel(backend, 'AdderConv2D', ({x, filter}, {geometry: g}, {read, write}) =>
    write(outShape(g), kernels.adder(read(x), read(filter), g)),
  );
  registerArrayKernel(
    backend,
    'AdderConv2DBackpropInput',
    ({x, filter, dy}, {geometry: g, inputGradient}, {read, write}) =>
      write(x.shape, kernels.adderBackpropInput(read(x), read(filter), read(dy), g, inputGradient)),
  );
  registerArrayKernel(
    backend,
    'AdderConv2DBackpropFilter',
    ({x, filter, dy}, {geometry: g, filterGradient}, {read, write}) =>
      write(filter.shape, kernels.adderBackpropFilter(read(x), read(filter), read(dy), g, filterGradient)),
  );
  registerArrayKernel(backend, 'GroupedConv2D', ({x, filter}, {geometry: g}, {read, write}) =>
    write(outShape(g), kernels.conv(read(x), read(filter), g)),
  );
  registerArrayKernel(backend, 'GroupedConv2DBackpropInput', ({filter, dy}, {geometry: g}, {read, write}) =>
    write([g.batch, g.inHeight, g.inWidth, g.inChannels], kernels.convBackpropInput(read(filter), read(dy), g)),
  );
  registerArrayKernel(backend, 'GroupedConv2DBackpropFilter', ({x, dy}, {geometry: g}, {read, write}) =>
    write(
      [g.filterHeight, g.filterWidth, g.inChannels / g.groups, g.outChannels],
      kernels.convBackpropFilter(read(x), read(dy), g),
    ),
  );
  registerArrayKernel(backend, 'FusedAdderConv2D', (inputs, {geometry: g, activation}, {read, write}) => {
    const {x, filter} = inputs;
    return write(outShape(g), kernels.fusedAdder(read(x), read(filter), g, readEpilogue(inputs, activation, read)));
  });
  registerArrayKernel(backend, 'FusedGroupedConv2D', (inputs, {geometry: g, activation}, {read, write}) => {
    const {x, filter} = inputs;
    return write(outShape(g), kernels.fusedConv(read(x), read(filter), g, readEpilogue(inputs, activation, read)));
  });
  registerArrayKernel(backend, 'BatchNormTraining', ({x, scale, offset}, {epsilon}, {read, write}) => {
    const [rows, channels] = rowsAndChannels(x.shape);
    const {y, mean, variance} = kernels.batchNorm(read(x), read(scale), read(offset), rows, channels, epsilon);
    return [write(x.shape, y), write([channels], mean), write([channels], variance)];
  });
  registerArrayKernel(backend, 'BatchNormTrainingGrad', ({dy, x, mean, variance, scale}, {epsilon}, {read, write}) => {
    const [rows, channels] = rowsAndChannels(x.shape);
    const {dx, dScale, dOffset} = kernels.batchNormGrad(
      read(dy),
      read(x),
      read(mean),
      read(variance),
      read(scale),
      rows,
      channels,
      epsilon,
    );
    return [write(x.shape, dx), write([channels], dScale), write([channels], dOffset)];
  });
  registerArrayKernel(backend, 'BatchNormInference', (inputs, {epsilon}, {read, write}) => {
    const {x, mean, variance, scale, offset} = inputs;
    const [rows, channels] = rowsAndChannels(x.shape);
    const vectors = [read(mean), read(variance), read(scale), read(offset)] as const;
    return write(x.shape, kernels.batchNormInference(read(x), ...vectors, rows, channels, epsilon));
  });
}

function readEpilogue(
  {scale, offset, residual}: KernelTable['FusedAdderConv2D']['inputs'],
  activation: EpilogueReference['activation'],
  read: Access['read'],
): EpilogueReference {
  const epilogue = {scale: read(scale), offset: read(offset), activation};
  return residual === undefined ? epilogue : {...epilogue, residual: read(residual)};
}

export function outShape(g: Conv2DGeometry): readonly number[] {
  return [g.batch, g.outHeight, g.outWidth, g.outChannels];
}

function rowsAndChannels(shape: readonly number[]): readonly [number, number] {
  const [rows = 0, channels = 0] = shape;
  return [rows, channels];
}
