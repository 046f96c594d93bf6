// SPDX-License-Identifier: Apache-2.0
import {callOnShapes, kernelCallsOn, type KernelCallShapes} from '@addernet/conformance';
import {KERNEL_NAMES} from '@addernet/core';
import {beforeEach, describe, expect, it} from 'vitest';
import {kernels, WebglCapabilityError, WebglContextLostError, WebglTextureSizeError} from '../src/index.js';
import {NotingBackend, setDevice} from './support.js';

const LAYER = kernelCallsOn([2, 9, 7, 5], [3, 3, 5, 6]);
const OUTPUTS: Readonly<Record<string, number>> = {BatchNormTraining: 3, BatchNormTrainingGrad: 3};

/** Draws of each kernel: what a driver's call costs, times this, is a small layer's time on a GPU. */
const DRAWS: Readonly<Record<string, number>> = {
  AdderConv2D: 3,
  AdderConv2DBackpropInput: 3,
  AdderConv2DBackpropFilter: 3,
  GroupedConv2D: 3,
  GroupedConv2DBackpropInput: 3,
  GroupedConv2DBackpropFilter: 3,
  FusedAdderConv2D: 3,
  FusedGroupedConv2D: 3,
  BatchNormTraining: 5,
  BatchNormTrainingGrad: 4,
  BatchNormInference: 1,
};

const nameOf = ({kernelName, attrs}: KernelCallShapes) =>
  [kernelName, ...Object.values(attrs).filter((value) => typeof value === 'string')].join(' ');

beforeEach(() => setDevice());

describe.each(LAYER.map((call) => ({call, name: nameOf(call)})))('$name', ({call}) => {
  const {kernelName} = call;

  it('takes as many draws as it is meant to, and leaves its outputs alone in memory', () => {
    const backend = new NotingBackend();
    const outputs = callOnShapes(kernels, backend, call);
    expect(backend.draws).toHaveLength(DRAWS[kernelName] ?? NaN);
    expect(outputs).toHaveLength(OUTPUTS[kernelName] ?? 1);
    expect([...backend.living]).toEqual(expect.arrayContaining(outputs.map(({dataId}) => dataId)));
    expect(backend.living.size).toBe(outputs.length);
  });

  it('declares a uniform of the right type for every value, and uses every input', () => {
    const backend = new NotingBackend();
    callOnShapes(kernels, backend, call);
    for (const {program, inputs, uniforms} of backend.draws) {
      const types = {int: 1, ivec2: 2, ivec3: 3, ivec4: 4, float: 1} as const;
      const lengths = (program.customUniforms ?? []).map(({type}) => types[type as keyof typeof types]);
      expect(uniforms.map(({length}) => length)).toEqual(lengths);
      expect(inputs).toHaveLength(program.variableNames.length);
      for (const name of program.variableNames) expect(program.userCode).toContain(`texelFetch(${name}, `);
    }
  });

  it('has the same shaders for all layers of a kind, so that they are compiled once', () => {
    const shaders = (calls: readonly KernelCallShapes[]) => {
      const other = calls.find((candidate) => nameOf(candidate) === nameOf(call));
      if (other === undefined) throw new Error(`no call of ${nameOf(call)}`);
      const backend = new NotingBackend();
      callOnShapes(kernels, backend, other);
      return backend.draws.map(({program}) => program.userCode);
    };
    expect(shaders(kernelCallsOn([3, 32, 32, 16], [5, 1, 16, 33]))).toEqual(shaders(LAYER));
  });

  it('does not start on a lost context, and says what to try', () => {
    const backend = new NotingBackend();
    backend.contextLost = true;
    expect(() => callOnShapes(kernels, backend, call)).toThrow(WebglContextLostError);
    expect(() => callOnShapes(kernels, backend, call)).toThrow(
      new RegExp(`^${kernelName}: backend 'webgl' has lost its WebGL context.*Reload.*setBackend\\('wasm'\\)`),
    );
  });

  it('does not run on WebGL 1', () => {
    setDevice({version: 1});
    expect(() => callOnShapes(kernels, new NotingBackend(), call)).toThrow(WebglCapabilityError);
    expect(() => callOnShapes(kernels, new NotingBackend(), call)).toThrow(
      `${kernelName}: backend 'webgl' runs on WebGL 1 here`,
    );
  });

  const trains = kernelName.includes('Backprop') || kernelName.startsWith('BatchNormTraining');
  it(trains ? 'refuses float16 textures' : 'runs on float16 textures', () => {
    setDevice({float32: false});
    if (!trains) {
      expect(callOnShapes(kernels, new NotingBackend(), call)).toHaveLength(1);
      return;
    }
    expect(() => callOnShapes(kernels, new NotingBackend(), call)).toThrow(WebglCapabilityError);
    expect(() => callOnShapes(kernels, new NotingBackend(), call)).toThrow(
      /training needs float32, and backend 'webgl' computes in float16.*WEBGL_RENDER_FLOAT32_CAPABLE is false/,
    );
  });

  it('frees its temporaries when a draw fails', () => {
    for (let failingDraw = 1; failingDraw <= (DRAWS[kernelName] ?? 0); failingDraw++) {
      const backend = new NotingBackend();
      backend.failingDraw = failingDraw;
      expect(() => callOnShapes(kernels, backend, call)).toThrow('the draw fails');
      expect(backend.living.size).toBe(0);
    }
  });
});

describe('every kernel of the contract', () => {
  it('is tested here', () => {
    expect(new Set(LAYER.map(({kernelName}) => kernelName))).toEqual(new Set(KERNEL_NAMES));
  });
});

describe('a layer that is too large for the device', () => {
  it.each(kernelCallsOn([1, 64, 64, 16], [3, 3, 16, 16]).filter(({kernelName}) => !kernelName.startsWith('BatchNorm')))(
    'is refused by $kernelName before anything is drawn in vain',
    (call) => {
      setDevice({maxTextureSize: 64});
      const backend = new NotingBackend();
      expect(() => callOnShapes(kernels, backend, call)).toThrow(WebglTextureSizeError);
      expect(() => callOnShapes(kernels, backend, call)).toThrow(/texels.*64 × 64.*use a smaller batch/);
      expect(backend.living.size).toBe(0);
    },
  );
});

describe('a result that is too large for the device', () => {
  it('is refused, with its shape', () => {
    setDevice({maxTextureSize: 64});
    const backend = new NotingBackend();
    const [forward] = kernelCallsOn([1, 60, 60, 1], [1, 1, 1, 62]);
    expect(() => callOnShapes(kernels, backend, forward)).toThrow(WebglTextureSizeError);
    expect(() => callOnShapes(kernels, backend, forward)).toThrow(
      'a result of shape [1, 60, 60, 62] needs 55800 texels',
    );
    expect(backend.living.size).toBe(0);
  });
});

describe('shaders', () => {
  it('come in one more form where groups divide pairs of channels, where strides are larger than 1, and for few input channels', () => {
    const sources = (...layer: Parameters<typeof kernelCallsOn>) => {
      const backend = new NotingBackend();
      for (const call of kernelCallsOn(...layer)) callOnShapes(kernels, backend, call);
      return new Set(backend.draws.map(({program}) => program.userCode));
    };
    const known = sources([2, 9, 7, 6], [3, 3, 6, 6]);
    const fresh = (...layer: Parameters<typeof kernelCallsOn>) =>
      [...sources(...layer)].filter((source) => !known.has(source)).length;
    expect(fresh([2, 9, 7, 12], [3, 3, 6, 12], 1, 2)).toBe(0);
    // Three slopes of the adder and one of the convolution.
    expect(fresh([2, 9, 7, 6], [3, 3, 6, 6], 2)).toBe(4);
    // The sums over windows of two operators, plain and fused.
    expect(fresh([2, 9, 7, 3], [3, 3, 3, 6])).toBe(4);
    // Both of these, and the filter gradients: two slopes of the adder and one of the convolution.
    expect(fresh([2, 9, 7, 6], [3, 3, 1, 6], 1, 6)).toBe(11);
  });
});
