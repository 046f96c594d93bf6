// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {runConformance} from '../src/index.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

/** Replaces TF.js's reciprocal root on a backend. */
function replaceRsqrt(backendName: string, rsqrt: (value: number) => number): void {
  tf.unregisterKernel('Rsqrt', backendName);
  tf.registerKernel({
    kernelName: 'Rsqrt',
    backendName,
    kernelFunc({inputs, backend}) {
      if (!(backend instanceof MathBackendCPU)) throw new TypeError('expected a cpu backend');
      const {x} = inputs;
      const values = x === undefined ? undefined : backend.data.get(x.dataId).values;
      if (x === undefined || !(values instanceof Float32Array)) throw new TypeError('expected float32 values');
      return backend.makeTensorInfo(x.shape, 'float32', values.map(rsqrt));
    },
  });
}

describe('batch normalisation at inference, composed of TF.js ops', () => {
  let backend = '';
  tf.enableProdMode();
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
  });
  afterEach(() => removeThrowAwayBackend(backend));

  const run = () => runConformance({backend, ops: ['BatchNormInference'], expectKernels: 'composed'});

  it('passes where these ops are right', async () => {
    replaceRsqrt(backend, (value) => 1 / Math.sqrt(value));
    const {failures, passed} = await run();
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(1000);
  });

  it('fails on a backend whose reciprocal root has 18 of 24 bits', async () => {
    replaceRsqrt(backend, (value) => Math.fround((1 / Math.sqrt(value)) * (1 + 2 ** -18)));
    const {failures} = await run();
    const failed = new Set(failures.filter(({rule}) => rule === 'error-bound').map(({quantity}) => quantity));
    // Those that the root enters; sums of few terms have the tightest bounds.
    for (const quantity of [
      'output y',
      'gradient of x',
      'gradient of mean',
      'gradient of variance',
      'gradient of scale',
    ])
      expect(failed).toContain(quantity);
    expect(failed).not.toContain('gradient of offset');
  });

  it('fails, and goes on, on a backend that lacks one of these ops', async () => {
    tf.unregisterKernel('Sub', backend);
    const {failures} = await run();
    expect(failures.some(({message}) => message.includes("Kernel 'Sub' not registered"))).toBe(true);
  });
});
