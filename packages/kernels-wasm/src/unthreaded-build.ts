// SPDX-License-Identifier: Apache-2.0
import {env} from '@tensorflow/tfjs-core';

const THREADED_BUILD = 'WASM_HAS_MULTITHREAD_SUPPORT';

/**
 * On a cross-origin-isolated page TF.js 4.22 would start its threaded build. It computes on one thread all the same, and in a minified bundle it never starts:
 * its workers get the text of a function that refers to a variable of the bundle. So its build without threads is chosen, unless the application said which.
 */
export function preferUnthreadedBuild(): void {
  if (!(THREADED_BUILD in env().getFlags())) env().set(THREADED_BUILD, false);
}
