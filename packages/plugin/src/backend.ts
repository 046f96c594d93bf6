// SPDX-License-Identifier: Apache-2.0

/** A TF.js backend as the runner starts it, with the kernel package that serves it. */
export interface BackendProvider {
  /** TF.js's name: 'cpu', 'wasm', 'webgl', 'webgpu'. */
  readonly name: string;
  readonly description: string;
  /** Package with Addernet's kernels for it; absent where the ops run on composed kernels. */
  readonly kernelPackage?: string;
  /**
   * How fast a ResNet-20 adder network trains: 'fast' means a full-size comparison is reasonable. Experiments may choose a
   * smaller architecture where only a 'slow' backend is there.
   */
  readonly speed: 'fast' | 'slow';
  /** Among available backends `auto` takes the highest. */
  readonly priority: number;
  /** Undefined when it can start here, otherwise the reason. */
  unavailableReason(): Promise<string | undefined>;
  /** Registers kernels, sets the backend and waits for it. Idempotent. */
  start(): Promise<void>;
  /** e.g. {simd: 'yes', threads: '1'}; for environment.json. After `start`. */
  details(): Promise<Readonly<Record<string, string>>>;
}
