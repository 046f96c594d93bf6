// SPDX-License-Identifier: Apache-2.0
import type {AddernetKernelName} from '@addernet/core';

/** Kernels that answer the same question about a layer, and the kernel of TF.js to compare them with. */
export interface BenchPart {
  readonly name: PartName;
  readonly title: string;
  /** TF.js's kernels for it; the first that the backend has is the baseline. */
  readonly baselines: readonly string[];
  /** The same for depthwise layers. */
  readonly depthwiseBaselines: readonly string[];
  readonly kernels: readonly BenchKernel[];
}

/** What a part asks of a layer: y, dX or dF. */
export type PartName = 'forward' | 'input-gradient' | 'filter-gradient';

/** One kernel under one setting of its attributes: a row of the bench's tables. */
export interface BenchKernel {
  readonly title: string;
  readonly kernelName: AddernetKernelName;
  /** Besides the geometry. */
  readonly attrs?: Readonly<Record<string, string>>;
  /** The operator of which it is the default. */
  readonly operator?: 'adder' | 'conv';
}

/** All that the bench asks of a layer's kernels. */
export const benchParts: readonly BenchPart[] = [
  {
    name: 'forward',
    title: 'Forward',
    baselines: ['Conv2D'],
    depthwiseBaselines: ['DepthwiseConv2dNative'],
    kernels: [
      {title: 'adder', kernelName: 'AdderConv2D', operator: 'adder'},
      {title: 'conv', kernelName: 'GroupedConv2D', operator: 'conv'},
    ],
  },
  {
    name: 'input-gradient',
    title: 'Input gradient',
    baselines: ['Conv2DBackpropInput'],
    depthwiseBaselines: ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNative'],
    kernels: [
      {
        title: 'adder hard-tanh',
        kernelName: 'AdderConv2DBackpropInput',
        attrs: {inputGradient: 'hard-tanh'},
        operator: 'adder',
      },
      {title: 'adder sign', kernelName: 'AdderConv2DBackpropInput', attrs: {inputGradient: 'sign'}},
      {title: 'adder full', kernelName: 'AdderConv2DBackpropInput', attrs: {inputGradient: 'full-precision'}},
      {title: 'conv', kernelName: 'GroupedConv2DBackpropInput', operator: 'conv'},
    ],
  },
  {
    name: 'filter-gradient',
    title: 'Filter gradient',
    // Where TF.js has none, as on wasm: the forward pass takes as many multiplications.
    baselines: ['Conv2DBackpropFilter', 'Conv2D'],
    depthwiseBaselines: ['DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNative'],
    kernels: [
      {
        title: 'adder full',
        kernelName: 'AdderConv2DBackpropFilter',
        attrs: {filterGradient: 'full-precision'},
        operator: 'adder',
      },
      {title: 'adder sign', kernelName: 'AdderConv2DBackpropFilter', attrs: {filterGradient: 'sign'}},
      {title: 'conv', kernelName: 'GroupedConv2DBackpropFilter', operator: 'conv'},
    ],
  },
];
