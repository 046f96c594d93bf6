// SPDX-License-Identifier: Apache-2.0
import {
  benchAwaitedLayer,
  benchParts,
  type KernelsByName,
  type KernelTime,
  layerName,
  type PartName,
  shapeSets,
  tfjsKernels,
} from '@addernet/conformance/bench';
import {startThreadedBackend} from '@addernet/kernels-wasm/threads';
import {type BackendKey, backends, startBackend} from './backends.js';
import {step} from './define-page.js';
import {describeEnvironment, type Environment} from './environment.js';
import {WASM_PATHS} from './wasm-paths.js';

export interface BenchStart {
  readonly backend: BackendKey;
  /** Of the wasm backend, on shared memory; only in a worker of a cross-origin-isolated page. */
  readonly threads?: number;
}

export interface BenchRequest {
  /** One of @addernet/conformance/bench's shape sets. */
  readonly shapes: string;
  /** Which of its layers. */
  readonly layer: number;
  readonly part: PartName;
  /** The other gradients too, not only the operators' own. */
  readonly variants: boolean;
  readonly batch: number;
  readonly rounds: number;
  /** ms. No further round begins then, after three. */
  readonly budget: number;
}

/** TF.js's backends, with its own kernels and no others. */
const TFJS = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  webgl: () => import('@tensorflow/tfjs-backend-webgl'),
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
} as const satisfies Record<BackendKey, () => Promise<unknown>>;

let tfjs: KernelsByName = new Map();

/** Starts a backend with Addernet's kernels, TF.js's own having been noted before. */
export async function startBench({backend, threads}: BenchStart): Promise<Environment> {
  const {name} = backends[backend];
  await TFJS[backend]();
  tfjs = tfjsKernels(name);
  if (threads === undefined) {
    await startBackend({backend});
    return describeEnvironment(name);
  }
  const started = await startThreadedBackend({threads, wasmPaths: WASM_PATHS});
  const {reason} = started;
  return {
    ...(await describeEnvironment(name)),
    kernelThreads: started.threads,
    ...(reason === undefined ? {} : {reason}),
  };
}

/** Addernet's kernels for a part of the work on one layer, against TF.js's. */
export async function benchLayer(request: BenchRequest): Promise<readonly KernelTime[]> {
  const set = shapeSets.find(({name}) => name === request.shapes);
  const layer = set?.layers[request.layer];
  const part = benchParts.find(({name}) => name === request.part);
  if (set === undefined || layer === undefined || part === undefined) {
    throw new Error(`bench: there is no layer ${request.layer} of ${request.shapes}, or no part ${request.part}`);
  }
  const {batch, rounds, budget, variants} = request;
  const kernels = part.kernels.filter(({operator}) => variants || operator !== undefined);
  const what = `${layerName(layer)}, ${part.name}`;
  return benchAwaitedLayer({...part, kernels}, set, layer, {
    ...{tfjs, batch, rounds, budget},
    onSample: (candidate, round) => step(`${what}, candidate ${candidate}, round ${round}`),
  });
}
