// SPDX-License-Identifier: Apache-2.0
import {registerKernels} from '@addernet/core';
import {cpuBackend} from '@addernet/kernels-cpu/plugin';
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {kernels} from './index.js';

/** Name by which experiments ask for it. */
const NAME = 'placeholder-name';

/**
 * Addernet's cpu backend under a name of its own, with the kernels of this package in the places of those registered for it. An experiment on this
 * backend and one on `cpu` differ in these kernels alone.
 */
export const placeholderNameBackend: BackendProvider = {
  name: NAME,
  description: "TF.js's cpu backend with the kernels of placeholder-package",
  kernelPackage: 'placeholder-package',
  speed: 'slow',
  // Less than any other, so that `auto` does not take it.
  priority: -1,
  unavailableReason: () => cpuBackend.unavailableReason(),
  async start(options) {
    if (!(NAME in tf.engine().registryFactory)) {
      await cpuBackend.start(options);
      for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({...kernel, backendName: NAME});
      registerKernels(
        kernels.map((kernel) => ({...kernel, backendName: NAME})),
        {override: true},
      );
      // The same backend, memory and all, by another name.
      const running = tf.backend();
      tf.registerBackend(NAME, () => running);
    }
    if (!(await tf.setBackend(NAME))) throw new Error(`TF.js could not start its backend '${NAME}'`);
    await tf.ready();
  },
  details: () => cpuBackend.details(),
};

/** Binds the backend 'placeholder-name'. */
export default new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(placeholderNameBackend);
});
