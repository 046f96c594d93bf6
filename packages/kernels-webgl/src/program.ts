// SPDX-License-Identifier: Apache-2.0
import type {GPGPUProgram} from '@tensorflow/tfjs-backend-webgl';
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from './backend.js';
import {maxTextureSize} from './device.js';
import {PRELUDE} from './glsl/prelude.js';
import {requireTexture, type TexelTable, tableUniform} from './texel-table.js';

/** A value that a shader is told: integers [a] to [a, b, c, d], a float, or where a table's entries lie. */
export type Uniform = readonly number[] | {readonly float: number} | {readonly table: TexelTable};

/** A fragment shader in GLSL ES 3.00, which writes one packed texel: TF.js's GPGPUProgram without what is the same for all of them. */
export interface TexelProgram {
  /** Names of the input textures, in the order in which tensors are given. */
  readonly inputs: readonly string[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  /** What comes after {@link PRELUDE}: it has a `main` that calls setOutput(vec4). */
  readonly code: string;
}

/** The shader's source and declarations, as TF.js's webgl backend takes them. */
function gpgpuProgram({inputs, uniforms, code}: TexelProgram, outputShape: readonly number[]): GPGPUProgram {
  return {
    variableNames: [...inputs],
    outputShape: [...outputShape],
    packedInputs: true,
    packedOutput: true,
    // Sizes are uniforms: shaders are compiled once, and not once for every shape.
    enableShapeUniforms: true,
    customUniforms: Object.entries(uniforms).map(([name, value]) => ({name, type: glslType(value)})),
    userCode: `${PRELUDE}\n${code}`,
  };
}

/**
 * Runs a shader whose output is a tensor in TF.js's packed layout: two rows × two columns of the last two axes per texel.
 *
 * @throws WebglTextureSizeError when no texture of the device can hold it
 */
export function runProgram(
  backend: WebglBackend,
  program: TexelProgram,
  inputs: readonly TensorInfo[],
  outputShape: readonly number[],
): TensorInfo {
  requireTexture(outputShape, maxTextureSize());
  return backend.runWebGLProgram(gpgpuProgram(program, outputShape), [...inputs], 'float32', values(program));
}

/** Runs a shader whose output is a table of texels, for other shaders of ours alone. */
export function runTableProgram(
  backend: WebglBackend,
  program: TexelProgram,
  inputs: readonly TensorInfo[],
  {textureShape: [rows, columns]}: TexelTable,
): TensorInfo {
  // DENSE of TF.js's PackingScheme, for which the texture's shape can be given.
  const dense = {...gpgpuProgram(program, [2 * rows, 2 * columns]), outPackingScheme: 0 as const};
  return backend.runWebGLProgram(dense, [...inputs], 'float32', values(program), true, [rows, columns]);
}

function values({uniforms}: TexelProgram): number[][] {
  return Object.values(uniforms).map(numbers);
}

function numbers(value: Uniform): number[] {
  if ('float' in value) return [value.float];
  if ('table' in value) return [...tableUniform(value.table)];
  return [...value];
}

function glslType(value: Uniform): 'int' | 'ivec2' | 'ivec3' | 'ivec4' | 'float' {
  if ('float' in value) return 'float';
  if ('table' in value) return 'ivec3';
  switch (value.length) {
    case 1:
      return 'int';
    case 2:
      return 'ivec2';
    case 3:
      return 'ivec3';
    default:
      return 'ivec4';
  }
}
