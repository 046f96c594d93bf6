// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import {register as registerOthers} from '@addernet/kernels-cpu';
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {BACKEND_NAME} from './backend.js';
import {kernels} from './index.js';

/** Name by which experiments ask for it. */
const NAME = 'placeholder-name';

/**
 * TF.js's cpu backend under a name of its own, with the kernels of this package in the places of those registered for it. An experiment on this backend
 * and one on `cpu` differ in these kernels alone.
 */
export const placeholderNameBackend: BackendProvider = {
  name: NAME,
  description: "TF.js's cpu backend with the kernels of placeholder-package",
  kernelPackage: 'placeholder-package',
  speed: 'slow',
  // Less than cpu itself, so that `auto` does not take it.
  priority: 1,
  async unavailableReason() {
    try {
      await import('@tensorflow/tfjs-backend-cpu');
      return undefined;
    } catch (error) {
      return `@tensorflow/tfjs-backend-cpu cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
  async start() {
    const {MathBackendCPU} = await import('@tensorflow/tfjs-backend-cpu');
    if (!(NAME in tf.engine().registryFactory)) {
      registerOthers();
      for (const kernel of tf.getKernelsForBackend(BACKEND_NAME)) tf.registerKernel({...kernel, backendName: NAME});
      registerKernels(
        kernels.map((kernel) => ({...kernel, backendName: NAME})),
        {override: true},
      );
      tf.registerBackend(NAME, () => new MathBackendCPU());
    }
    if (!(await tf.setBackend(NAME))) throw new Error(`TF.js could not start its backend '${NAME}'`);
    await tf.ready();
  },
  details: () => Promise.resolve({simd: 'no', threads: '1'}),
};

/** Binds the backend 'placeholder-name'. */
export default new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(placeholderNameBackend);
});
