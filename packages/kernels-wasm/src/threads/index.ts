// SPDX-License-Identifier: Apache-2.0
export {WasmThreadError, WasmUnavailableError} from '../errors.js';
export {
  MOST_THREADS,
  startThreadedBackend,
  type ThreadedBackend,
  type ThreadedBackendOptions,
} from './start-threaded-backend.js';
export type {ThreadCount} from '@addernet/plugin';
export type {WasmPaths} from './tfjs-module.js';
