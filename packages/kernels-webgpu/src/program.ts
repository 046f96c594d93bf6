// SPDX-License-Identifier: Apache-2.0
import type {WebGPUProgram} from '@tensorflow/tfjs-backend-webgpu';
import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {WebgpuBackend} from './backend.js';
import {dispatchOf, requireBuffer} from './device.js';

/** A value that a shader is told: integers [a] to [a, b, c, d], or a float. */
export type Uniform = readonly number[] | {readonly float: number};

/** Elements that a shader reads or writes at once. */
export type Components = 1 | 4;

/** A compute shader in WGSL: TF.js's WebGPUProgram without what is the same for all of them. */
export interface ComputeProgram {
  /** All that the code follows from, and nothing else: a shader is compiled once for each. */
  readonly form: {readonly kind: string} & Readonly<Record<string, unknown>>;
  /** Names of the input buffers, which are flat arrays of f32 or vec4<f32>, in the order in which tensors are given. */
  readonly inputs: Readonly<Record<string, Components>>;
  /** Of the output buffer, whose name is `result`. */
  readonly outputComponents: Components;
  readonly uniforms: Readonly<Record<string, Uniform>>;
  readonly workgroupSize: readonly [number, number, number];
  /** How many are needed; more may run, up to twice as many. */
  readonly workgroups: number;
  /** WGSL with a `fn main()`; TF.js's preamble has localId, localIndex, workgroupId, numWorkgroups, uniforms and isnan. */
  readonly code: string;
}

/** What comes before each shader's own code. */
const PRELUDE = `
  // Counted over all dimensions.
  fn workgroupIndex() -> i32 {
    return i32(workgroupId.y * numWorkgroups.x + workgroupId.x);
  }
`;

/**
 * Of every input, as told to TF.js, which makes functions of it that these shaders do not use: they see flat arrays, whose lengths they know. TF.js compiles a shader anew
 * for other ranks, for an input of the result's shape and for one that could be broadcast to it; with this shape none ever is.
 */
const FLAT_SHAPE = [2, 2] as const;

/**
 * Runs a shader.
 *
 * @throws WebgpuLimitError when the device cannot hold the result, or cannot start so many workgroups
 */
export function runProgram(
  backend: WebgpuBackend,
  kernelName: string,
  program: ComputeProgram,
  inputs: readonly TensorInfo[],
  outputShape: readonly number[],
): TensorInfo {
  requireBuffer(`${kernelName}: a result`, outputShape, backend);
  const {form, outputComponents, uniforms, workgroupSize, workgroups, code} = program;
  const [width, height, depth] = workgroupSize;
  const webgpuProgram: WebGPUProgram = {
    variableNames: Object.keys(program.inputs),
    variableComponents: Object.values(program.inputs),
    outputComponent: outputComponents,
    outputShape: [util.sizeFromShape([...outputShape])],
    uniforms: Object.entries(uniforms)
      .map(([name, value]) => `${name} : ${wgslType(value)}, `)
      .join(''),
    workgroupSize: [width, height, depth],
    dispatch: dispatchOf(kernelName, workgroups, backend),
    // With a y of its own TF.js leaves the dispatch as it is, and calls main without an index.
    dispatchLayout: {x: [0], y: [0]},
    shaderKey: `addernet ${JSON.stringify(form)}`,
    getUserCode: () => PRELUDE + code,
  };
  const values = Object.values(uniforms).map((value) =>
    'float' in value ? {type: 'float32', data: [value.float]} : {type: 'int32', data: [...value]},
  );
  const flat = inputs.map(({dataId, dtype}) => ({dataId, dtype, shape: [...FLAT_SHAPE]}));
  const {dataId, dtype} = backend.runWebGPUProgram(webgpuProgram, flat, 'float32', values);
  return {dataId, dtype, shape: [...outputShape]};
}

function wgslType(value: Uniform): string {
  if ('float' in value) return 'f32';
  return value.length === 1 ? 'i32' : `vec${value.length}<i32>`;
}
