// SPDX-License-Identifier: Apache-2.0
import type {TexelProgram, Uniform} from '../program.js';

/** An element-wise formula over matrices [rows, channels] and vectors [channels]; see ColumnTerm for what the GLSL calls them. */
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
): TexelProgram {
  const lines = [
    ...vectors.map((name) => `vec4 ${name}Texel = texelFetch(${name}, packedTexel(pair, ${name}TexShape), 0).xyxy;`),
    ...matrices.map((name) => `vec4 ${name}Texel = texelFetch(${name}, packedTexel(texel, ${name}TexShape), 0);`),
  ];
  return {
    inputs: [...matrices, ...vectors],
    uniforms: {...uniforms, size: [rows, channels]},
    code: `
  void main() {
    int texel = outputTexel();
    int channelPairs = (size.y + 1) >> 1;
    int pairOfRows = quotient(texel, channelPairs);
    int pair = texel - pairOfRows * channelPairs;
    ${lines.join('\n    ')}
    vec4 result = ${expression};
    if (2 * pair + 1 >= size.y) result.yw = vec2(0);
    if (2 * pairOfRows + 1 >= size.x) result.zw = vec2(0);
    setOutput(result);
  }
`,
  };
}
