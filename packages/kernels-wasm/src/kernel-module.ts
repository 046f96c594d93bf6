// SPDX-License-Identifier: Apache-2.0
import {env} from '@tensorflow/tfjs-core';
import {guardAllocator} from './allocator-guard.js';
import type {WasmBackend} from './backend.js';
import {WasmUnavailableError} from './errors.js';
import {EXPORT_NAMES, type KernelExports, SCALAR_MODULE, SHARED_MODULE, UNSHARED_MODULE} from './generated/kernels.js';

/** This package's module, running on the memory of a TF.js backend. */
export interface KernelModule {
  readonly memory: WebAssembly.Memory;
  readonly kernels: KernelExports;
}

const modules = new WeakMap<WasmBackend, KernelModule>();
const compiled = new Map<string, WebAssembly.Module>();

/**
 * The module on a backend's memory; made on first use, as TF.js tells kernels registered later nothing of a backend's start.
 *
 * @throws WasmUnavailableError
 */
export function kernelModule(backend: WasmBackend): KernelModule {
  let module = modules.get(backend);
  if (module === undefined) {
    module = instantiate(backend);
    modules.set(backend, module);
  }
  return module;
}

/** What this engine lacks for the kernels; undefined if nothing. */
export function missingEngineFeature(): string | undefined {
  return typeof WebAssembly === 'undefined' ? 'this JavaScript engine has no WebAssembly' : undefined;
}

/**
 * Whether the kernels use vector instructions: where the engine has them, unless TF.js was told to do without (its flag WASM_HAS_SIMD_SUPPORT, by which it
 * chooses its own module).
 */
export function usesSimd(): boolean {
  return tfjsSimdFlag() !== false && WebAssembly.validate(decodeBase64(UNSHARED_MODULE));
}

/** Undefined before TF.js's backend has started, as it evaluates the flag then. */
function tfjsSimdFlag(): boolean | undefined {
  try {
    return env().getBool('WASM_HAS_SIMD_SUPPORT');
  } catch {
    return undefined;
  }
}

function instantiate(backend: WasmBackend): KernelModule {
  const missing = missingEngineFeature();
  if (missing !== undefined) throw new WasmUnavailableError(`@addernet/kernels-wasm: ${missing}`);
  const memory = backendMemory(backend);
  const {exports} = new WebAssembly.Instance(compile(binaryFor(memory)), {env: {memory}});
  if (!isKernelExports(exports)) {
    throw new WasmUnavailableError(
      `@addernet/kernels-wasm: the module exports ${Object.keys(exports).join(', ')}; expected ${EXPORT_NAMES.join(', ')}`,
    );
  }
  guardAllocator(backend, memory);
  return {memory, kernels: exports};
}

function binaryFor(memory: WebAssembly.Memory): string {
  const shared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  if (usesSimd()) return shared ? SHARED_MODULE : UNSHARED_MODULE;
  if (!shared) return SCALAR_MODULE;
  throw new WasmUnavailableError(
    '@addernet/kernels-wasm: shared memory, as of the threaded build of TF.js, needs SIMD instructions, which this engine lacks or ' +
      'the flag WASM_HAS_SIMD_SUPPORT forbids; expected the plain build of TF.js',
  );
}

/** TF.js keeps its memory among the exports of its module, or, in the threaded build, beside them. */
function backendMemory({wasm}: WasmBackend): WebAssembly.Memory {
  const exports: unknown = Reflect.get(wasm, 'asm');
  const candidates: unknown[] = [Reflect.get(wasm, 'wasmMemory')];
  if (typeof exports === 'object' && exports !== null) candidates.push(Reflect.get(exports, 'memory'));
  for (const memory of candidates) if (memory instanceof WebAssembly.Memory) return memory;
  throw new WasmUnavailableError(
    '@addernet/kernels-wasm: this version of @tensorflow/tfjs-backend-wasm does not show its memory ' +
      '(neither wasm.asm.memory nor wasm.wasmMemory is a WebAssembly.Memory); version 4.22 does',
  );
}

function isKernelExports(exports: object): exports is KernelExports {
  return EXPORT_NAMES.every((name) => typeof Reflect.get(exports, name) === 'function');
}

/** The module of a binary in base64. */
export function compile(base64: string): WebAssembly.Module {
  let module = compiled.get(base64);
  if (module === undefined) {
    module = new WebAssembly.Module(decodeBase64(base64));
    compiled.set(base64, module);
  }
  return module;
}

/** Bytes of base64 text. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
