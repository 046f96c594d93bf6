// SPDX-License-Identifier: Apache-2.0
import {conv2dGeometry, FILTER_GRADIENTS, INPUT_GRADIENTS} from '@addernet/core';
import {adderConv2dReference} from '@addernet/core/reference';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {isWasmBackend, type WasmBackend} from '../src/backend.js';
import {WasmUnavailableError} from '../src/index.js';
import {kernelModule, usesSimd} from '../src/kernel-module.js';
import {expectClose, type FlatTensor, normals, runKernelOn} from './kernel-runner.js';

afterEach(() => {
  vi.restoreAllMocks();
  tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
});

/** The backend as another object, which gets a module of its own, on the same memory. */
function otherBackend(): WasmBackend {
  const other: unknown = Object.create(tf.backend());
  if (!isWasmBackend(other)) throw new Error('the wasm backend is not as expected');
  return other;
}

function withoutSimd(): WasmBackend {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  const backend = otherBackend();
  kernelModule(backend);
  tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
  return backend;
}

const geometry = conv2dGeometry({
  opName: 'test',
  xShape: [3, 21, 18, 6],
  filterShape: [3, 5, 3, 22],
  strides: [2, 1],
  pad: 'same',
  groups: 2,
});
const flat = (name: string, ...shape: number[]): FlatTensor => ({
  values: normals(
    shape.reduce((product, length) => product * length, 1),
    name,
  ),
  shape,
});
const x = flat('x', 3, 21, 18, 6);
const filter = flat('filter', 3, 5, 3, 22);
const dy = flat('dy', 3, geometry.outHeight, geometry.outWidth, 22);
const rows = flat('rows', 333, 7);
const channels = flat('channels', 7);
const variance = {...channels, values: channels.values.map(Math.abs)};

type Call = readonly [kernelName: string, inputs: Readonly<Record<string, FlatTensor>>, attrs: object];
const CALLS: readonly Call[] = [
  ['GroupedConv2D', {x, filter}, {geometry}],
  ['GroupedConv2DBackpropInput', {filter, dy}, {geometry}],
  ['GroupedConv2DBackpropFilter', {x, dy}, {geometry}],
  ...INPUT_GRADIENTS.map((inputGradient): Call => {
    return ['AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient}];
  }),
  ...FILTER_GRADIENTS.map((filterGradient): Call => {
    return ['AdderConv2DBackpropFilter', {x, filter, dy}, {geometry, filterGradient}];
  }),
  ['BatchNormTraining', {x: rows, scale: channels, offset: channels}, {epsilon: 1e-5}],
  [
    'BatchNormTrainingGrad',
    {dy: flat('slopes', 333, 7), x: rows, mean: channels, variance, scale: channels},
    {epsilon: 1e-5},
  ],
];

describe('kernels without SIMD', () => {
  it.each(CALLS)('give the same bits as with it: %s %#', (kernelName, inputs, attrs) => {
    const results = runKernelOn(kernelName, inputs, attrs, withoutSimd());
    expect(results).toEqual(runKernelOn(kernelName, inputs, attrs));
    expect(results[0]?.some((value) => value !== 0)).toBe(true);
  });

  it('sum the adder directly, and so keep the digits of inputs far from zero', () => {
    const far = (tensor: FlatTensor) => ({...tensor, values: tensor.values.map((value) => value + 1000)});
    const [y] = runKernelOn('AdderConv2D', {x: far(x), filter: far(filter)}, {geometry}, withoutSimd());
    // Padded taps see 0 and a filter of about 1000, so the largest sums are of some ten thousand.
    const expected = adderConv2dReference(far(x).values, far(filter).values, geometry);
    expectClose(y ?? new Float32Array(), expected, {relative: 1e-6, absolute: 1e-3});
  });
});

describe('the choice', () => {
  it('follows the engine, and the flag by which TF.js chooses its own module', () => {
    expect(usesSimd()).toBe(true);
    tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
    expect(usesSimd()).toBe(false);
    tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(usesSimd()).toBe(false);
  });

  it('follows the engine where TF.js has not looked yet', () => {
    vi.spyOn(tf.env(), 'getBool').mockImplementation(() => {
      throw new Error('Flag WASM_HAS_SIMD_SUPPORT cannot be synchronously evaluated. Please use getAsync() instead.');
    });
    expect(usesSimd()).toBe(true);
  });

  it('has no module for shared memory, which only the build of TF.js with SIMD has', () => {
    tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
    const wasm = {...otherBackend().wasm, asm: {}, wasmMemory: sharedMemory()};
    const shared = Object.assign(otherBackend(), {wasm});
    expect(() => kernelModule(shared)).toThrow(WasmUnavailableError);
    expect(() => kernelModule(shared)).toThrow(/shared memory.*needs SIMD.*WASM_HAS_SIMD_SUPPORT/);
  });
});

function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({initial: 1, maximum: 16, shared: true});
}
