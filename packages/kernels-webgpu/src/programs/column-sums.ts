// SPDX-License-Identifier: Apache-2.0
import type {ComputeProgram, Uniform} from '../program.js';
import {INVOCATIONS} from '../wgsl/tiles.js';
import {componentsOf} from '../windows.js';

/**
 * What is summed over the rows of matrices [rows, channels]. In the WGSL every input has its name with `At` behind, of a matrix the row's element, of
 * a vector [channels] the channel's: f32, or vec4<f32> for four channels at once.
 */
export interface ColumnTerm {
  readonly matrices: readonly string[];
  readonly vectors: readonly string[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  readonly expressions: readonly [string] | readonly [string, string];
}

/** About as many parts as rows in a part, so that neither of the two sums is long: their rounding errors grow with their lengths. */
export function partRowsOf(rows: number): number {
  return Math.max(64, Math.ceil(Math.sqrt(rows)));
}

/** Sums over parts of the rows: of the first expression [parts, channels], then, if there is one, of the second. */
export function columnSumParts(
  {matrices, vectors, uniforms, expressions}: ColumnTerm,
  [rows, channels]: readonly [number, number],
): ComputeProgram {
  const components = componentsOf(channels);
  const partRows = partRowsOf(rows);
  const parts = Math.ceil(rows / partRows);
  const type = components === 4 ? 'vec4<f32>' : 'f32';
  const items = channels / components;
  return {
    form: {kind: 'column sums', matrices, vectors, expressions, components},
    inputs: Object.fromEntries([...matrices, ...vectors].map((name) => [name, components])),
    outputComponents: components,
    uniforms: {...uniforms, size: [rows, items, partRows, parts]},
    workgroupSize: [INVOCATIONS, 1, 1],
    workgroups: Math.ceil((parts * items) / INVOCATIONS),
    code: `
  fn main() {
    let n = workgroupIndex() * ${INVOCATIONS} + i32(localIndex);
    let part = n / uniforms.size.y;
    if (part >= uniforms.size.w) {
      return;
    }
    let channel = n - part * uniforms.size.y;
    let first = part * uniforms.size.z;
    let end = min(first + uniforms.size.z, uniforms.size.x);
    ${vectors.map((name) => `let ${name}At = ${name}[channel];`).join('\n    ')}
    ${expressions.map((_, index) => `var sum${index} = ${type}(0);`).join('\n    ')}
    var at = first * uniforms.size.y + channel;
    for (var row = first; row < end; row++) {
      ${matrices.map((name) => `let ${name}At = ${name}[at];`).join('\n      ')}
      ${expressions.map((expression, index) => `sum${index} += ${expression};`).join('\n      ')}
      at += uniforms.size.y;
    }
    ${expressions.map((_, index) => `result[n + ${index} * uniforms.size.y * uniforms.size.w] = sum${index};`).join('\n    ')}
  }
`,
  };
}

/** The sum over the parts of one of the expressions, divided by a number: a vector [channels]. */
export function columnSums(
  [rows, channels]: readonly [number, number],
  expression: number,
  divisor: number,
): ComputeProgram {
  const components = componentsOf(channels);
  const parts = Math.ceil(rows / partRowsOf(rows));
  const items = channels / components;
  return {
    form: {kind: 'sum of column parts', components},
    inputs: {values: components},
    outputComponents: components,
    uniforms: {counts: [items, parts, expression * parts * items], divisor: {float: divisor}},
    workgroupSize: [INVOCATIONS, 1, 1],
    workgroups: Math.ceil(items / INVOCATIONS),
    code: `
  fn main() {
    let channel = workgroupIndex() * ${INVOCATIONS} + i32(localIndex);
    if (channel >= uniforms.counts.x) {
      return;
    }
    var at = uniforms.counts.z + channel;
    var sum = values[at];
    for (var part = 1; part < uniforms.counts.y; part++) {
      at += uniforms.counts.x;
      sum += values[at];
    }
    result[channel] = sum / uniforms.divisor;
  }
`,
  };
}
