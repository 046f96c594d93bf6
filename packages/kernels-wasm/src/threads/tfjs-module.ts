// SPDX-License-Identifier: Apache-2.0
import {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import * as factoryNamespace from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import {WasmUnavailableError} from '../errors.js';

/** What `new BackendWasm` takes. */
type BackendModule = ConstructorParameters<typeof BackendWasm>[0];

/** Where TF.js's .wasm files are, as `setWasmPaths` of TF.js's package takes it: a prefix, or addresses by file name. */
export type WasmPaths = string | Readonly<Record<string, string>>;

const BINARY = 'tfjs-backend-wasm-threaded-simd.wasm';

/**
 * TF.js's wasm backend, of the build that works on shared memory. TF.js itself starts that build only in pages, together with eight workers for
 * threads of its own, which then do nothing (tfjs issues 3830, 8513), and from a script made of its own source text, which a minifier breaks. Neither is
 * needed for the memory: here the module gets stand-ins for its workers, and runs on one thread.
 */
export async function startSharedBackend(wasmPaths: WasmPaths | undefined): Promise<BackendWasm> {
  const factory = factoryOf(factoryNamespace);
  let reason: string | undefined;
  const module: unknown = await withWorkersReplaced(
    () =>
      new Promise((resolve, reject) => {
        factory({
          locateFile: (path: string, prefix: string) => locate(path, prefix, wasmPaths),
          onAbort: (what: unknown) => {
            reason = String(what);
          },
        }).then(resolve, reject);
      }),
  ).catch((error: unknown) => {
    throw new WasmUnavailableError(
      `@addernet/kernels-wasm: TF.js's ${BINARY} could not be started (${reason ?? String(error)}); in a page its address is that of the script, unless ` +
        'startThreadedBackend is given wasmPaths',
      {cause: error},
    );
  });
  return new BackendWasm(backendModule(module));
}

function locate(path: string, prefix: string, wasmPaths: WasmPaths | undefined): string {
  // Of the stand-ins for workers; nothing is loaded from there.
  if (!path.endsWith('.wasm') || wasmPaths === undefined) return prefix + path;
  return typeof wasmPaths === 'string' ? wasmPaths + path : (wasmPaths[path] ?? prefix + path);
}

type Factory = (config: object) => Promise<unknown>;

/** Bundlers and Node differ in where the exports of a CommonJS module are. */
function factoryOf(namespace: object): Factory {
  const isFactory = (value: unknown): value is Factory => typeof value === 'function';
  let candidate: unknown = namespace;
  while (!isFactory(candidate)) {
    if (typeof candidate !== 'object' || candidate === null || !('default' in candidate)) {
      throw new WasmUnavailableError(
        '@addernet/kernels-wasm: this version of @tensorflow/tfjs-backend-wasm has no factory of its threaded module where version 4.22 has it',
      );
    }
    candidate = candidate.default;
  }
  return candidate;
}

/** A worker that says it has loaded its script, and never does anything. */
class IdleWorker {
  onmessage: ((event: {readonly data: {readonly cmd: string}}) => void) | undefined = undefined;

  postMessage(): void {
    this.onmessage?.({data: {cmd: 'loaded'}});
  }
  on(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

/** Calls a function, before the end of which `new Worker` makes idle ones. What goes on when it has returned, sees the real ones again. */
function withWorkersReplaced<Result>(start: () => Result): Result {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // The module assigns Node's Worker to the global one.
  Object.defineProperty(globalThis, 'Worker', {configurable: true, get: () => IdleWorker, set: () => undefined});
  try {
    return start();
  } finally {
    if (original === undefined) Reflect.deleteProperty(globalThis, 'Worker');
    else Object.defineProperty(globalThis, 'Worker', original);
  }
}

/** Emscripten's way to its exports. */
type Wrap = (name: string, answer: 'number' | null, parameters: readonly 'number'[]) => unknown;

/** Adds the functions of the module that `BackendWasm` calls, as TF.js does where it starts one itself. */
function backendModule(module: unknown): BackendModule {
  if (!canWrap(module)) {
    throw new WasmUnavailableError(
      "@addernet/kernels-wasm: this version of @tensorflow/tfjs-backend-wasm makes another module than version 4.22: it has no 'cwrap'",
    );
  }
  const initialize = module.cwrap('init_with_threads_count', null, ['number']);
  const tfjs = {
    init: module.cwrap('init', null, []),
    // Its own pool would wait for the idle workers.
    initWithThreadsCount: () => isFunction(initialize) && initialize(1),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  const extended: unknown = Object.assign(module, {tfjs});
  if (isBackendModule(extended)) return extended;
  throw new WasmUnavailableError(
    '@addernet/kernels-wasm: the module of @tensorflow/tfjs-backend-wasm is not as expected',
  );
}

function isFunction(value: unknown): value is (...args: number[]) => unknown {
  return typeof value === 'function';
}

function canWrap(module: unknown): module is {readonly cwrap: Wrap} {
  return typeof module === 'object' && module !== null && 'cwrap' in module && typeof module.cwrap === 'function';
}

function isBackendModule(module: unknown): module is BackendModule {
  return (
    typeof module === 'object' &&
    module !== null &&
    'tfjs' in module &&
    ['_malloc', '_free'].every((name) => typeof Reflect.get(module, name) === 'function')
  );
}
