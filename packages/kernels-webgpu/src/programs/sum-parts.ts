// SPDX-License-Identifier: Apache-2.0
import type {ComputeProgram} from '../program.js';
import {INVOCATIONS} from '../wgsl/tiles.js';
import {componentsOf} from '../windows.js';

/** Sums of parts, always in the same order: element n of the output is the sum of elements n, n + size, … of the input. */
export function sumParts(size: number, parts: number): ComputeProgram {
  const components = componentsOf(size);
  return {
    form: {kind: 'sum of parts', components},
    inputs: {values: components},
    outputComponents: components,
    uniforms: {counts: [size / components, parts]},
    workgroupSize: [INVOCATIONS, 1, 1],
    workgroups: Math.ceil(size / components / INVOCATIONS),
    code: `
  fn main() {
    let element = workgroupIndex() * ${INVOCATIONS} + i32(localIndex);
    if (element >= uniforms.counts.x) {
      return;
    }
    var sum = values[element];
    for (var part = 1; part < uniforms.counts.y; part++) {
      sum += values[element + part * uniforms.counts.x];
    }
    result[element] = sum;
  }
`,
  };
}
