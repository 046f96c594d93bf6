// SPDX-License-Identifier: Apache-2.0
import type {ComputeProgram, Uniform} from '../program.js';
import {INVOCATIONS} from '../wgsl/tiles.js';
import {componentsOf} from '../windows.js';

/** An element-wise formula over matrices [rows, channels] and vectors [channels]; see ColumnTerm for what the WGSL calls them. */
export interface ChannelFormula {
  readonly matrices: readonly string[];
  readonly vectors: readonly string[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  readonly expression: string;
}

/** The formula's values, as a matrix [rows, channels]. */
export function perChannel(
  {matrices, vectors, uniforms, expression}: ChannelFormula,
  [rows, channels]: readonly [number, number],
): ComputeProgram {
  const components = componentsOf(channels);
  const items = channels / components;
  return {
    form: {kind: 'per channel', matrices, vectors, expression, components},
    inputs: Object.fromEntries([...matrices, ...vectors].map((name) => [name, components])),
    outputComponents: components,
    uniforms: {...uniforms, size: [rows * items, items]},
    workgroupSize: [INVOCATIONS, 1, 1],
    workgroups: Math.ceil((rows * items) / INVOCATIONS),
    code: `
  fn main() {
    let n = workgroupIndex() * ${INVOCATIONS} + i32(localIndex);
    if (n >= uniforms.size.x) {
      return;
    }
    let channel = n % uniforms.size.y;
    ${vectors.map((name) => `let ${name}At = ${name}[channel];`).join('\n    ')}
    ${matrices.map((name) => `let ${name}At = ${name}[n];`).join('\n    ')}
    result[n] = ${expression};
  }
`,
  };
}
