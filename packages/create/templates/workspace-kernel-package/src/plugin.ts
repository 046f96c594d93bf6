// SPDX-License-Identifier: Apache-2.0
import {AddernetError, registerKernels} from '@addernet/core';
import {type BackendProvider, tokens} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import {ContainerModule} from 'inversify';
import {kernels} from './index.js';

/** Name by which experiments ask for it. */
const NAME = 'placeholder-name';

/** Importing TF.js's package registers the backend, so it waits until the backend is asked for. */
async function importBackend(): Promise<void> {
  await import('@tensorflow/tfjs-backend-cpu');
}

/**
 * TF.js's cpu backend under a name of its own, with the kernels of this package, so that it can stand beside another package's. Where this one has no kernel, ops
 * run on what is registered for `cpu` already, or else on composed kernels.
 */
export const placeholderNameBackend: BackendProvider = {
  name: NAME,
  description: "TF.js's cpu backend with the kernels of placeholder-package",
  kernelPackage: 'placeholder-package',
  speed: 'slow',
  // Less than any other, so that `auto` does not take it.
  priority: -1,
  async unavailableReason() {
    try {
      await importBackend();
      return undefined;
    } catch (error) {
      return `@tensorflow/tfjs-backend-cpu cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
  async start() {
    if (!(NAME in tf.engine().registryFactory)) {
      await importBackend();
      await setBackend('cpu');
      for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({...kernel, backendName: NAME});
      registerKernels(
        kernels.map((kernel) => ({...kernel, backendName: NAME})),
        {override: true},
      );
      // The same backend, memory and all, by another name.
      const running = tf.backend();
      tf.registerBackend(NAME, () => running);
    }
    await setBackend(NAME);
    await tf.ready();
  },
  details: () => Promise.resolve({simd: 'no', threads: '1'}),
};

async function setBackend(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) {
    throw new AddernetError('ADDERNET_BACKEND', `TF.js could not start its backend '${name}'`);
  }
}

/** Binds the backend 'placeholder-name'. */
const placeholderNameModule = new ContainerModule(({bind}) => {
  bind(tokens.backend).toConstantValue(placeholderNameBackend);
});

export {placeholderNameModule};
export default placeholderNameModule;
