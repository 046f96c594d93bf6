// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import type {BenchKernel, BenchPart} from './parts.js';
import type {LayerShape} from './shapes/index.js';

/** Kernels by name: TF.js's own, as they were before others took their places. */
export type KernelsByName = ReadonlyMap<string, tf.KernelConfig>;

interface LayerCall {
  readonly title: string;
  readonly run: () => void;
}

export interface LayerCalls {
  readonly kernels: readonly (BenchKernel & LayerCall)[];
  readonly baseline: LayerCall;
  /** Multiply-accumulates of the convolution. */
  readonly taps: number;
  dispose(): void;
}

/**
 * Calls of a part's kernels on one layer, without TF.js's engine around them: what it adds is the same for all.
 *
 * @param contributed take part besides the registered kernels of the same names
 * @throws Error when the backend lacks a kernel
 */
export function layerCalls(
  part: BenchPart,
  layer: LayerShape,
  batch: number,
  tfjs: KernelsByName,
  contributed: readonly tf.KernelConfig[],
): LayerCalls {
  const {size, inChannels, outChannels, filterSize, stride, pad, depthwise = false} = layer;
  const groups = depthwise ? inChannels : 1;
  const xShape: [number, number, number, number] = [batch, size, size, inChannels];
  const filterShape: [number, number, number, number] = [filterSize, filterSize, inChannels / groups, outChannels];
  const geometry = conv2dGeometry({opName: 'bench', xShape, filterShape, strides: stride, pad, groups});
  const {outHeight, outWidth} = geometry;
  // x as behind a batch normalisation and a ReLU.
  const normal = tf.randomNormal(xShape, 0, 1, 'float32', 1);
  const x = tf.relu(normal);
  const filter = tf.randomNormal(filterShape, 0, 1, 'float32', 2);
  const dy = tf.randomNormal([batch, outHeight, outWidth, outChannels], 0, 1, 'float32', 3);
  const baseFilterShape = depthwise ? [filterSize, filterSize, inChannels, outChannels / groups] : filterShape;
  const baseFilter = tf.reshape(filter, baseFilterShape);

  const names = depthwise ? part.depthwiseBaselines : part.baselines;
  const baseline = names.map((name) => tfjs.get(name)).find((kernel) => kernel !== undefined);
  if (baseline === undefined)
    throw new Error(`the backend '${tf.getBackend()}' has no kernel of TF.js's ${names.join(', ')}`);
  const baseAttrs = {
    ...{strides: stride, pad, dilations: 1, dataFormat: 'NHWC', dimRoundingMode: 'floor'},
    ...{inputShape: xShape, filterShape: baseFilterShape},
  };

  const kernels = part.kernels.flatMap((kernel) => {
    const {kernelName, title} = kernel;
    const attrs = {...kernel.attrs, geometry};
    const run = (config: tf.KernelConfig) => kernelCall(config, {x, filter, dy}, attrs);
    return [
      {...kernel, run: run(registered(kernelName))},
      ...contributed
        .filter((config) => config.kernelName === kernelName)
        .map((config) => ({kernelName, title: `${title} (contributed)`, run: run(config)})),
    ];
  });
  return {
    kernels,
    baseline: {
      title: baseline.kernelName,
      run: kernelCall(baseline, {x, filter: baseFilter, dy}, baseAttrs),
    },
    taps: batch * outHeight * outWidth * outChannels * filterSize * filterSize * (inChannels / groups),
    dispose: () => tf.dispose([normal, x, filter, dy, baseFilter]),
  };
}

function registered(name: string): tf.KernelConfig {
  const kernel: tf.KernelConfig | undefined = tf.getKernel(name, tf.getBackend());
  if (kernel !== undefined) return kernel;
  throw new Error(`the backend '${tf.getBackend()}' has no kernel ${name}; register it before the bench`);
}

/** Kernels take from the inputs and attributes what they need. */
function kernelCall({kernelFunc}: tf.KernelConfig, inputs: tf.NamedTensorInfoMap, attrs: object): () => void {
  return () => {
    const backend = tf.backend();
    const outputs = kernelFunc({inputs, attrs: {...attrs}, backend});
    for (const {dataId} of Array.isArray(outputs) ? outputs : [outputs]) backend.disposeData(dataId);
  };
}
