// SPDX-License-Identifier: Apache-2.0
import type {ModelMemory} from '@addernet/conformance/bench';
import type {BenchCommand} from '@addernet/conformance/bench/node';
import * as tf from '@tensorflow/tfjs-core';
import {isWasmBackend, type WasmBackend} from '../src/backend.js';
import {kernelModule} from '../src/kernel-module.js';
import {makeNetwork, OPERATORS} from './networks.js';
import {wrapKernels} from './wrap-kernels.js';

/** Memory of ResNet-20's training steps, one network after the other: the heap never shrinks, so the second finds the first one's. */
export function measureMemory(command: BenchCommand, progress: (what: string) => void): ModelMemory[] {
  const batch = command.batch ?? (command.quick ? 16 : 128);
  return OPERATORS.map((operator) => {
    const network = makeNetwork('resnet20', operator, batch);
    // The first step makes the optimizer's slots.
    network.step();
    const peaks = peakBytes(network.step);
    const heapBytesFirst = heapBytes();
    const tensorsFirst = tf.memory().numTensors;
    for (let step = 0; step < command.steps; step++) {
      progress(`memory of ${operator}: step ${step + 1} of ${command.steps}`);
      network.step();
    }
    const tensorsLast = tf.memory().numTensors;
    network.dispose();
    return {
      ...{model: 'resnet20', operator, batch, steps: command.steps, ...peaks},
      ...{heapBytesFirst, heapBytesLast: heapBytes(), tensorsFirst, tensorsLast},
    };
  });
}

/** Most bytes of tensors while `run` runs, by TF.js's count, and most bytes of its allocator that tensors and the kernels' scratch memory took. */
export function peakBytes(run: () => void): {readonly peakTensorBytes: number; readonly peakAllocatedBytes: number} {
  const {wasm} = wasmBackend();
  const {_malloc: malloc, _free: free} = wasm;
  const sizes = new Map<number, number>();
  // Of what was allocated before, tensors alone are known.
  let allocated = tf.memory().numBytes;
  let peakAllocatedBytes = allocated;
  let peakTensorBytes = allocated;
  wasm._malloc = (bytes) => {
    const address = malloc(bytes);
    sizes.set(address, bytes);
    allocated += bytes;
    peakAllocatedBytes = Math.max(peakAllocatedBytes, allocated);
    return address;
  };
  wasm._free = (address) => {
    allocated -= sizes.get(address) ?? 0;
    sizes.delete(address);
    free(address);
  };
  const unwrap = wrapKernels((_, call) => {
    peakTensorBytes = Math.max(peakTensorBytes, tf.memory().numBytes);
    return call();
  });
  try {
    run();
  } finally {
    unwrap();
    Object.assign(wasm, {_malloc: malloc, _free: free});
  }
  return {peakTensorBytes, peakAllocatedBytes};
}

/** Size of the wasm backend's memory. */
export function heapBytes(): number {
  return kernelModule(wasmBackend()).memory.buffer.byteLength;
}

function wasmBackend(): WasmBackend {
  const backend: unknown = tf.backend();
  if (isWasmBackend(backend)) return backend;
  throw new TypeError(`the backend '${tf.getBackend()}' is not TF.js's wasm backend`);
}
