// SPDX-License-Identifier: Apache-2.0
import {isReplaceable} from '@addernet/core';
import {getKernel, type KernelConfig} from '@tensorflow/tfjs-core';
import type {OpRecord} from '../op-record.js';
import type {CheckOutcome} from './rule.js';

/** Whether a backend is to run kernels of its own, or those that @addernet/core composes of TF.js ops. */
export type KernelExpectation = 'own' | 'composed';

/** Each kernel of the op on `backend` is of the expected kind, as TF.js's kernel registry has it. */
export function checkKernelsInUse(
  record: OpRecord,
  backend: string,
  expectation: KernelExpectation,
): readonly CheckOutcome[] {
  return record.kernels.map((kernelName) => {
    const quantity = `kernel ${kernelName}`;
    // TF.js's type leaves undefined out.
    const kernel: KernelConfig | undefined = getKernel(kernelName, backend);
    const own = kernel !== undefined && !isReplaceable(kernel);
    if (own === (expectation === 'own')) return {quantity};
    const message = own
      ? 'a kernel of its own is registered; the composed one was expected'
      : 'no kernel of its own is registered, so that the op runs on the composed one; is register() called?';
    return {quantity, problem: {message}};
  });
}
