// SPDX-License-Identifier: Apache-2.0
import {layerName, type LayerShape, median, shapeSets, timeRatio} from '@addernet/conformance/bench';
import {adderConv2d, conv2d, type Conv2DGeometry, conv2dGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {startBackend, type StartRequest} from './backends.js';
import {definePage, step} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';

export interface BenchRequest {
  /** Of @addernet/conformance/bench's shape sets. */
  readonly shapes: string;
  /** Which of its layers. */
  readonly layer: number;
  readonly batch: number;
  readonly rounds: number;
}

/** Times of a call on one layer, in milliseconds on the clock. */
export interface BenchTime {
  readonly layer: string;
  readonly operator: 'adder' | 'conv';
  readonly part: 'forward' | 'forward and gradients' | 'gradients';
  readonly milliseconds: number;
  readonly tfjsMilliseconds: number;
  /** Median over the rounds of time / TF.js's time in the same round: below 1 is faster. */
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

/** A convolution-like op, of padded x. */
type Op = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D;

/** So many milliseconds at least are timed at once, so that waiting for a GPU weighs little. */
const LEAST_MILLISECONDS = 100;

/** Browsers' clocks go in steps of a tenth of a millisecond and less. */
const CLOCK_MILLISECONDS = 0.1;

const functions = {
  async start(request: StartRequest): Promise<Environment> {
    const {name} = await startBackend(request);
    return describeEnvironment(name);
  },

  /** The number of layers of a set. */
  layers(shapes: string): number {
    return layersOf(shapes).length;
  },

  /** The adder and the convolution of @addernet/core against TF.js's conv2d on one layer, by their public ops, and their gradients' kernels by themselves. */
  async bench({shapes, layer: index, batch, rounds}: BenchRequest): Promise<readonly BenchTime[]> {
    const layer = layersOf(shapes)[index];
    const {size, inChannels, outChannels, filterSize, stride, pad} = layer;
    const x = tf.relu(tf.randomNormal<tf.Rank.R4>([batch, size, size, inChannels], 0, 1, 'float32', 1));
    const filter = tf.randomNormal<tf.Rank.R4>([filterSize, filterSize, inChannels, outChannels], 0, 1, 'float32', 2);
    const ops: Record<'adder' | 'conv' | 'tfjs', Op> = {
      adder: (input, weights) => adderConv2d(input, weights, stride, pad),
      conv: (input, weights) => conv2d(input, weights, stride, pad),
      tfjs: (input, weights) => tf.conv2d(input, weights, stride, pad, 'NHWC', 1, 'floor'),
    };
    const forward = Object.values(ops).map((op) => () => op(x, filter));
    // dy is 1 everywhere.
    const backward = Object.values(ops).map((op) => {
      const gradients = tf.grads((input: tf.Tensor, weights: tf.Tensor) =>
        op(input as tf.Tensor4D, weights as tf.Tensor4D),
      );
      return () => gradients([x, filter]);
    });
    const xShape = [batch, size, size, inChannels];
    const filterShape = [filterSize, filterSize, inChannels, outChannels];
    const geometry = conv2dGeometry({opName: 'bench', xShape, filterShape, strides: stride, pad});
    const dy = tf.ones<tf.Rank.R4>([batch, geometry.outHeight, geometry.outWidth, outChannels]);
    try {
      return [
        ...(await compare('forward', layer, forward, rounds)),
        ...(await compare('forward and gradients', layer, backward, rounds)),
        // After the ops, which bring the kernels that a backend lacks.
        ...(await compare('gradients', layer, gradientKernels({x, filter, dy}, geometry), rounds)),
      ];
    } finally {
      tf.dispose([x, filter, dy]);
    }
  },
};

/** Both gradients of the three candidates by their kernels alone, without the forward pass. */
function gradientKernels(
  {x, filter, dy}: Readonly<Record<'x' | 'filter' | 'dy', tf.Tensor4D>>,
  geometry: Conv2DGeometry,
): readonly (() => tf.Tensor[])[] {
  const {padTop, padBottom, padLeft, padRight} = geometry;
  const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
    tf.engine().runKernel(kernel, inputs, {...attrs});
  const tfjsAttrs = {
    strides: [geometry.strideHeight, geometry.strideWidth],
    pad: [
      [0, 0],
      [padTop, padBottom],
      [padLeft, padRight],
      [0, 0],
    ],
    dataFormat: 'NHWC',
    dilations: [1, 1],
  };
  return [
    () => [
      run('AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient: 'hard-tanh'}),
      run('AdderConv2DBackpropFilter', {x, filter, dy}, {geometry, filterGradient: 'full-precision'}),
    ],
    () => [
      run('GroupedConv2DBackpropInput', {filter, dy}, {geometry}),
      run('GroupedConv2DBackpropFilter', {x, dy}, {geometry}),
    ],
    () => [
      run('Conv2DBackpropInput', {dy, filter}, {...tfjsAttrs, inputShape: x.shape}),
      run('Conv2DBackpropFilter', {x, dy}, {...tfjsAttrs, filterShape: filter.shape}),
    ],
  ];
}

function layersOf(shapes: string): readonly LayerShape[] {
  const set = shapeSets.find(({name}) => name === shapes);
  if (set !== undefined) return set.layers;
  throw new Error(`there are no shapes ${shapes}; expected one of ${shapeSets.map(({name}) => name).join(', ')}`);
}

/** Times the three candidates in turn, the last of which is TF.js's. */
async function compare(
  part: BenchTime['part'],
  layer: LayerShape,
  candidates: readonly (() => tf.Tensor | tf.Tensor[])[],
  rounds: number,
): Promise<readonly BenchTime[]> {
  const calls: number[] = [];
  for (const [index, candidate] of candidates.entries()) {
    step(`${layerName(layer)}, ${part}, warming up candidate ${index}`);
    await time(candidate, 1);
    calls.push(Math.ceil(LEAST_MILLISECONDS / Math.max(CLOCK_MILLISECONDS, await time(candidate, 1))));
  }
  const times: number[][] = candidates.map(() => []);
  for (let round = 0; round < rounds; round++) {
    step(`${layerName(layer)}, ${part}, round ${round}`);
    for (const [index, candidate] of candidates.entries()) times[index].push(await time(candidate, calls[index]));
  }
  const [adder, conv, tfjs] = times;
  return (
    [
      ['adder', adder],
      ['conv', conv],
    ] as const
  ).map(([operator, own]) => ({
    layer: layerName(layer),
    operator,
    part,
    milliseconds: median(own),
    tfjsMilliseconds: median(tfjs),
    ...timeRatio(own, tfjs),
  }));
}

/** Milliseconds per call. A number of the last result is read at the end, for which a GPU has to have done it all. */
async function time(candidate: () => tf.Tensor | tf.Tensor[], calls: number): Promise<number> {
  const began = performance.now();
  for (let call = 1; call < calls; call++) tf.dispose(candidate());
  const last = [candidate()].flat();
  for (const tensor of last) {
    const first = tf.tidy(() => tf.slice(tf.reshape(tensor, [tensor.size]), [0], [1]));
    await first.data();
    first.dispose();
  }
  const milliseconds = (performance.now() - began) / calls;
  tf.dispose(last);
  return milliseconds;
}

export type BenchPage = typeof functions;
definePage(functions);
