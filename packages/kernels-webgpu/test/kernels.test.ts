// SPDX-License-Identifier: Apache-2.0
import {callOnShapes, kernelCallsOn, type KernelCallShapes} from '@addernet/conformance';
import {KERNEL_NAMES} from '@addernet/core';
import {describe, expect, it} from 'vitest';
import {kernels, WebgpuDeviceLostError, WebgpuLimitError} from '../src/index.js';
import {NotingBackend} from './support.js';

const LAYER = kernelCallsOn([2, 33, 31, 5], [3, 3, 5, 6]);
const OUTPUTS: Readonly<Record<string, number>> = {BatchNormTraining: 3, BatchNormTrainingGrad: 3};

/** Dispatches of each kernel: what starting one costs, times this, is a small layer's time on a GPU. */
const DISPATCHES: Readonly<Record<string, number>> = {
  AdderConv2D: 1,
  AdderConv2DBackpropInput: 1,
  AdderConv2DBackpropFilter: 2,
  GroupedConv2D: 1,
  GroupedConv2DBackpropInput: 1,
  GroupedConv2DBackpropFilter: 2,
  FusedAdderConv2D: 1,
  FusedGroupedConv2D: 1,
  BatchNormTraining: 5,
  BatchNormTrainingGrad: 4,
  BatchNormInference: 1,
};

const nameOf = ({kernelName, attrs}: KernelCallShapes) =>
  [kernelName, ...Object.values(attrs).filter((value) => typeof value === 'string')].join(' ');

describe.each(LAYER.map((call) => ({call, name: nameOf(call)})))('$name', ({call}) => {
  const {kernelName} = call;

  it('takes as many dispatches as it is meant to, and leaves its outputs alone in memory', () => {
    const backend = new NotingBackend();
    const outputs = callOnShapes(kernels, backend, call);
    expect(backend.dispatches).toHaveLength(DISPATCHES[kernelName] ?? NaN);
    expect(outputs).toHaveLength(OUTPUTS[kernelName] ?? 1);
    expect([...backend.living]).toEqual(expect.arrayContaining(outputs.map(({dataId}) => dataId)));
    expect(backend.living.size).toBe(outputs.length);
  });

  it('declares a uniform of the right type for every value, and uses every input and uniform', () => {
    const backend = new NotingBackend();
    callOnShapes(kernels, backend, call);
    for (const {program, inputs, uniforms} of backend.dispatches) {
      const declared = [...(program.uniforms ?? '').matchAll(/(\w+) : ([^ ]+), /g)];
      expect(declared.map(([, , type]) => type)).toEqual(
        uniforms.map(({type, data}) =>
          type === 'float32' ? 'f32' : data.length === 1 ? 'i32' : `vec${data.length}<i32>`,
        ),
      );
      for (const {data} of uniforms) for (const value of data) expect(value).not.toBeNaN();
      expect(inputs).toHaveLength(program.variableNames.length);
      expect(program.variableComponents).toHaveLength(inputs.length);
      const code = program.getUserCode();
      for (const name of program.variableNames) expect(code).toContain(`${name}[`);
      for (const [, name] of declared) expect(code).toContain(`uniforms.${name}`);
    }
  });

  it('runs the same shaders for all layers of a kind, so that they are compiled once, and never one under the key of another', () => {
    const shaders = (calls: readonly KernelCallShapes[]) => {
      const other = calls.find((candidate) => nameOf(candidate) === nameOf(call));
      if (other === undefined) throw new Error(`no call of ${nameOf(call)}`);
      const backend = new NotingBackend();
      callOnShapes(kernels, backend, other);
      return backend.dispatches.map(({program}): [string, string] => [program.shaderKey, program.getUserCode()]);
    };
    expect(shaders(kernelCallsOn([3, 31, 31, 7], [5, 1, 7, 5]))).toEqual(shaders(LAYER));
    const known = new Map(shaders(LAYER));
    const layers = [
      kernelCallsOn([1, 40, 40, 16], [3, 3, 16, 33], 2),
      kernelCallsOn([2, 33, 31, 8], [3, 3, 2, 8], 1, 4),
      kernelCallsOn([2, 33, 31, 4], [3, 3, 4, 64]),
    ];
    for (const layer of layers) {
      for (const [key, code] of shaders(layer)) {
        expect(known.get(key) ?? code).toBe(code);
        known.set(key, code);
      }
    }
  });

  it('does not start on a lost device, and says what to try', async () => {
    const backend = new NotingBackend();
    callOnShapes(kernels, backend, call);
    backend.loseDevice({reason: 'unknown', message: 'it was reset'});
    await backend.device.lost;
    await Promise.resolve();
    expect(() => callOnShapes(kernels, backend, call)).toThrow(WebgpuDeviceLostError);
    expect(() => callOnShapes(kernels, backend, call)).toThrow(
      new RegExp(
        `^${kernelName}: backend 'webgpu' has lost its device \\(unknown: it was reset\\).*Reload.*setBackend\\('wasm'\\)`,
      ),
    );
  });

  it('is refused where the device has no buffers that large, before it runs', () => {
    const backend = new NotingBackend({maxStorageBufferBindingSize: 1024});
    expect(() => callOnShapes(kernels, backend, call)).toThrow(WebgpuLimitError);
    expect(() => callOnShapes(kernels, backend, call)).toThrow(
      new RegExp(
        `^${kernelName}: .* of shape \\[.*\\] needs \\d+ bytes, and buffers of backend 'webgpu' hold up to 1024 on this device \\(maxStorageBufferBindingSize\\); use a smaller batch`,
      ),
    );
    expect(backend.dispatches).toHaveLength(0);
    expect(backend.living.size).toBe(0);
  });

  it('spreads its workgroups over as many dimensions as the device needs, and is refused beyond', () => {
    const flat = new NotingBackend();
    callOnShapes(kernels, flat, call);
    const most = Math.ceil(Math.sqrt(Math.max(...flat.dispatches.map(({program}) => program.dispatch[0]))));
    const backend = new NotingBackend({maxComputeWorkgroupsPerDimension: most});
    callOnShapes(kernels, backend, call);
    backend.dispatches.forEach(({program}, index) => {
      const [width, height, depth] = program.dispatch;
      const wanted = flat.dispatches[index].program.dispatch[0];
      expect(Math.max(width, height, depth)).toBeLessThanOrEqual(most);
      expect(width * height * depth).toBeGreaterThanOrEqual(wanted);
      expect(width * height * depth).toBeLessThan(wanted + height);
    });
    if (most === 1) return;
    const small = new NotingBackend({maxComputeWorkgroupsPerDimension: 1});
    expect(() => callOnShapes(kernels, small, call)).toThrow(WebgpuLimitError);
    expect(() => callOnShapes(kernels, small, call)).toThrow(
      /needs \d+ workgroups.*starts up to 1 × 1.*use a smaller batch/,
    );
    expect(small.living.size).toBe(0);
  });

  it('frees its temporaries when a dispatch fails', () => {
    for (let failing = 1; failing <= (DISPATCHES[kernelName] ?? 0); failing++) {
      const backend = new NotingBackend();
      backend.failingDispatch = failing;
      expect(() => callOnShapes(kernels, backend, call)).toThrow('the dispatch fails');
      expect(backend.living.size).toBe(0);
    }
  });

  it('runs nothing for an empty batch', () => {
    const [empty] = kernelCallsOn([0, 9, 7, 5], [3, 3, 5, 6]).filter((candidate) => nameOf(candidate) === nameOf(call));
    const backend = new NotingBackend();
    const outputs = callOnShapes(kernels, backend, empty);
    expect(backend.dispatches).toHaveLength(0);
    expect(backend.living.size).toBe(outputs.length);
  });
});

describe('every kernel of the contract', () => {
  it('is tested here', () => {
    expect(new Set(LAYER.map(({kernelName}) => kernelName))).toEqual(new Set(KERNEL_NAMES));
  });
});
