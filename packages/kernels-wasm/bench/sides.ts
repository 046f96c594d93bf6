// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {type OriginalName, originalName} from './originals.js';
import type {LayerShape} from './resnet20-layers.js';

/** Kernels that answer the same question about a layer, and the kernel of TF.js to compare them with. */
export interface Side {
  readonly title: string;
  readonly part: 'forward' | 'input-gradient' | 'filter-gradient';
  readonly baseline: 'Conv2D' | 'Conv2DBackpropInput';
  readonly kernels: readonly {
    readonly title: string;
    readonly name: string;
    readonly attrs?: Readonly<Record<string, string>>;
    /** The operator of which it is the default. */
    readonly operator?: 'adder' | 'conv';
  }[];
}

export const SIDES: readonly Side[] = [
  {
    title: 'Forward',
    part: 'forward',
    baseline: 'Conv2D',
    kernels: [
      {title: 'adder', name: 'AdderConv2D', operator: 'adder'},
      {title: 'conv', name: 'GroupedConv2D', operator: 'conv'},
    ],
  },
  {
    title: 'Input gradient',
    part: 'input-gradient',
    baseline: 'Conv2DBackpropInput',
    kernels: [
      {
        title: 'adder hard-tanh',
        name: 'AdderConv2DBackpropInput',
        attrs: {inputGradient: 'hard-tanh'},
        operator: 'adder',
      },
      {title: 'adder sign', name: 'AdderConv2DBackpropInput', attrs: {inputGradient: 'sign'}},
      {title: 'adder full', name: 'AdderConv2DBackpropInput', attrs: {inputGradient: 'full-precision'}},
      {title: 'conv', name: 'GroupedConv2DBackpropInput', operator: 'conv'},
    ],
  },
  {
    title: 'Filter gradient',
    part: 'filter-gradient',
    // TF.js has no Conv2DBackpropFilter on wasm; it takes as many multiplications as the forward pass. Of depthwise layers it has the forward pass alone.
    baseline: 'Conv2D',
    kernels: [
      {
        title: 'adder full',
        name: 'AdderConv2DBackpropFilter',
        attrs: {filterGradient: 'full-precision'},
        operator: 'adder',
      },
      {title: 'adder sign', name: 'AdderConv2DBackpropFilter', attrs: {filterGradient: 'sign'}},
      {title: 'conv', name: 'GroupedConv2DBackpropFilter', operator: 'conv'},
    ],
  },
];

/** TF.js's kernel that a side is compared with. */
export function baselineName({baseline}: Side, {depthwise}: LayerShape): OriginalName {
  return depthwise ? 'DepthwiseConv2dNative' : baseline;
}

/** Calls of a side's kernels on one layer, TF.js's last; and the number of taps (multiply-accumulates of a convolution). */
export function layerCalls(side: Side, layer: LayerShape, batch: number): {calls: (() => void)[]; taps: number} {
  const {size, inChannels, outChannels, filterSize, stride, pad} = layer;
  const groups = layer.depthwise ? inChannels : 1;
  const xShape: [number, number, number, number] = [batch, size, size, inChannels];
  const filterShape: [number, number, number, number] = [filterSize, filterSize, inChannels / groups, outChannels];
  const geometry = conv2dGeometry({opName: 'bench', xShape, filterShape, strides: stride, pad, groups});
  const {outHeight, outWidth} = geometry;
  // As behind a batch normalisation and a ReLU.
  const x = tf.relu(tf.randomNormal(xShape, 0, 1, 'float32', 1));
  const filter = tf.randomNormal(filterShape, 0, 1, 'float32', 2);
  const dy = tf.randomNormal([batch, outHeight, outWidth, outChannels], 0, 1, 'float32', 3);
  const calls = side.kernels.map(({name, attrs}) => kernelCall(name, {x, filter, dy}, {...attrs, geometry}));
  const baseShape: [number, number, number, number] = layer.depthwise
    ? [filterSize, filterSize, inChannels, outChannels / groups]
    : filterShape;
  const baseAttrs = {
    strides: stride,
    pad,
    dilations: 1,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    inputShape: xShape,
    filterShape: baseShape,
  };
  const baseInputs = {x, filter: tf.reshape(filter, baseShape), dy};
  calls.push(kernelCall(originalName(baselineName(side, layer)), baseInputs, baseAttrs));
  return {calls, taps: batch * outHeight * outWidth * outChannels * filterSize * filterSize * (inChannels / groups)};
}

/** Kernels take from the inputs and attributes what they need. */
function kernelCall(name: string, inputs: tf.NamedTensorMap, attrs: object): () => void {
  return () => void tf.tidy(() => void tf.engine().runKernel(name, inputs, {...attrs}));
}
