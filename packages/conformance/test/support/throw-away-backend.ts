// SPDX-License-Identifier: Apache-2.0
import {type AddernetKernelName, defineKernel, type KernelTable, registerKernels} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {afterEach, beforeEach, vi} from 'vitest';

let count = 0;

/** A fresh backend with the kernels of TF.js's cpu backend, started. Kernels registered on it disturb no other test. */
export async function startThrowAwayBackend(): Promise<string> {
  const name = `throwaway${count++}`;
  registerThrowAwayBackend(name);
  await tf.setBackend(name);
  return name;
}

/** Another cpu backend under a name of its own. */
export function registerThrowAwayBackend(name: string): void {
  tf.registerBackend(name, () => new MathBackendCPU());
  tf.copyRegisteredKernels('cpu', name);
}

/** Forgets the backend and what it holds. */
export async function removeThrowAwayBackend(name: string): Promise<void> {
  await tf.setBackend('cpu');
  tf.removeBackend(name);
}

/**
 * Starts a backend before every test of a file and forgets it afterwards, with all mocks.
 *
 * @returns the name of the running test's
 */
export function useThrowAwayBackends(): () => string {
  let name = '';
  beforeEach(async () => {
    name = await startThrowAwayBackend();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await removeThrowAwayBackend(name);
  });
  return () => name;
}

export interface Access {
  read(tensor: tf.TensorInfo): Float32Array;
  write(shape: readonly number[], values: ArrayLike<number>, dtype?: 'float32' | 'int32'): tf.TensorInfo;
}

/** A kernel on a throw-away backend, in terms of plain arrays. */
export function registerArrayKernel<Name extends AddernetKernelName>(
  backendName: string,
  kernelName: Name,
  compute: (
    inputs: KernelTable[Name]['inputs'],
    attrs: KernelTable[Name]['attrs'],
    access: Access,
  ) => KernelTable[Name]['outputs'],
): void {
  const kernel = defineKernel({
    kernelName,
    backendName,
    isBackend: (backend: unknown): backend is MathBackendCPU => backend instanceof MathBackendCPU,
    compute: ({inputs, attrs, backend}) =>
      compute(inputs, attrs, {
        read: ({dataId}) => {
          const {values} = backend.data.get(dataId);
          if (!(values instanceof Float32Array)) throw new TypeError('expected float32 values');
          return values;
        },
        write: (shape, values, dtype = 'float32') =>
          backend.makeTensorInfo(
            [...shape],
            dtype,
            dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values),
          ),
      }),
  });
  registerKernels([kernel], {override: true});
}
