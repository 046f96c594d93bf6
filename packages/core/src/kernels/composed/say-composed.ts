// SPDX-License-Identifier: Apache-2.0
import type {AddernetKernelName} from '../contract.js';

/** Says that a slow stand-in runs, the first time that it is called. */
export function sayOnce(name: AddernetKernelName, backendName: string): () => void {
  let said = false;
  return () => {
    if (said) return;
    said = true;
    console.warn(
      `@addernet/core: backend '${backendName}' has no kernel ${name}; a slow one composed of TensorFlow.js ops stands in`,
    );
  };
}
