// SPDX-License-Identifier: Apache-2.0

/** How many threads a backend's kernels may use, the calling one included. 'auto': as many as there are processor cores. */
export type ThreadCount = number | 'auto';

/** How a backend is to be started. */
export interface BackendStartOptions {
  /** Default 'auto'. Results do not depend on it. A backend that cannot have threads, or not so many, takes what it can. */
  readonly threads?: ThreadCount;
}

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
  start(options?: BackendStartOptions): Promise<void>;
  /**
   * e.g. {simd: 'yes', threads: '2'}; for environment.json. After `start`. `threads` is how many the kernels use (absent: 1), and 'threads.reason', if
   * there, why they are fewer than could be expected.
   */
  details(): Promise<Readonly<Record<string, string>>>;
}
