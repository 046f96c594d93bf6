// SPDX-License-Identifier: Apache-2.0
import type {AddernetKernelName, KernelTable} from './contract.js';

/** A kernel as its author writes it: typed inputs, attributes and backend. */
export interface KernelDefinition<Name extends AddernetKernelName, Backend> {
  readonly kernelName: Name;
  /** TF.js's name of the backend, e.g. 'cpu'. Must not contain '_', on which TF.js splits its registry keys. */
  readonly backendName: string;
  /** Narrows the backend that TF.js hands in; a foreign object gives an error that names kernel and backend. */
  readonly isBackend: (backend: unknown) => backend is Backend;
  readonly compute: (call: {
    readonly inputs: KernelTable[Name]['inputs'];
    readonly attrs: KernelTable[Name]['attrs'];
    readonly backend: Backend;
  }) => KernelTable[Name]['outputs'];
}
