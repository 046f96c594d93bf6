// SPDX-License-Identifier: Apache-2.0
import type {TexelProgram} from '../program.js';
import type {TexelTable} from '../texel-table.js';

/** Sums of the texels of some parts: texel n of the output is the sum of texels n, n + partTexels, … of a table whose entries are single texels. */
export function sumParts(table: TexelTable, partTexels: number, parts: number): TexelProgram {
  return {
    inputs: ['values'],
    uniforms: {counts: [partTexels, parts], source: {table}},
    code: `
  void main() {
    int texel = outputTexel();
    vec4 sum = vec4(0);
    if (texel < counts.x) {
      for (int part = 0; part < counts.y; part++) {
        sum += texelFetch(values, tableEntry(texel, source), 0);
        texel += counts.x;
      }
    }
    setOutput(sum);
  }
`,
  };
}
