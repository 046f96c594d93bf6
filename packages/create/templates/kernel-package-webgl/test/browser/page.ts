// SPDX-License-Identifier: Apache-2.0
// What tests and bench ask of the page: functions of one JSON value, which answer with another.
import {formatFailures, runConformance} from '@addernet/conformance';
import {
  benchAwaitedLayer,
  benchParts,
  type KernelTime,
  layerName,
  type RoundOptions,
  shapeSets,
  tfjsKernels,
} from '@addernet/conformance/bench';
import {adderConv2d} from '@addernet/core';
import {webglBackend} from '@addernet/kernels-webgl/plugin';
import {type BackendProvider, tokens} from '@addernet/plugin';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {Container} from 'inversify';
import {kernels, register} from '../../src/index.js';
import plugin from '../../src/plugin.js';
import {kit} from '../kit.js';

tf.enableProdMode();
const tfjs = tfjsKernels('webgl');

async function conformance({cases}: {readonly cases?: string}) {
  register();
  await tf.setBackend('webgl');
  const {passed, failures} = await runConformance({
    backend: 'webgl',
    ...kit,
    ...(cases === undefined ? {} : {filter: cases}),
  });
  return {passed, failures: formatFailures(failures)};
}

/** Starts the backend that the plugin binds. */
async function startPlugin() {
  const container = new Container();
  await container.load(plugin);
  const [backend] = container.getAll<BackendProvider>(tokens.backend);
  const unavailable = await backend?.unavailableReason();
  await backend?.start();
  await backend?.start();
  // Distances of 3 and 4 from the filter's 1 and 2: −(|4 − 1| + |6 − 2|).
  const y = adderConv2d(tf.tensor4d([4, 6], [1, 1, 1, 2]), tf.tensor4d([1, 2], [1, 1, 2, 1]), 1, 'valid');
  return {
    ...{name: backend?.name, unavailable, current: tf.getBackend(), y: [...(await y.data())]},
    ownKernels: kernels.every(
      ({kernelName, kernelFunc}) => tf.getKernel(kernelName, tf.getBackend())?.kernelFunc === kernelFunc,
    ),
  };
}

/** Starts TF.js's backend with Addernet's kernels, beside which those of this package are measured. */
async function startBench(): Promise<Readonly<Record<string, string>>> {
  await webglBackend.start();
  return webglBackend.details();
}

interface LayerRequest extends Pick<RoundOptions, 'rounds' | 'leastRounds' | 'budget'> {
  readonly part: string;
  readonly shapes: string;
  readonly layer: string;
  readonly batch?: number;
  readonly quick: boolean;
}

async function benchLayer({part, shapes, layer, ...options}: LayerRequest): Promise<readonly KernelTime[]> {
  const measured = benchParts.find(({name}) => name === part);
  const set = shapeSets.find(({name}) => name === shapes);
  const shape = set?.layers.find((candidate) => layerName(candidate) === layer);
  if (measured === undefined || set === undefined || shape === undefined) {
    throw new Error(`bench: there is no ${part} of layer ${layer} in ${shapes}`);
  }
  return benchAwaitedLayer(measured, set, shape, {...options, tfjs, contributed: kernels});
}

const functions = {conformance, startPlugin, startBench, benchLayer};
export type PageFunctions = typeof functions;
Object.assign(globalThis, {page: functions});
