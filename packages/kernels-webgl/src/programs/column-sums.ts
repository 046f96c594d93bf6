// SPDX-License-Identifier: Apache-2.0
import type {TexelProgram, Uniform} from '../program.js';
import type {TexelTable} from '../texel-table.js';

/**
 * What is summed over the rows of matrices [rows, channels]. In the GLSL every input has its name with `Texel` behind: of a matrix two rows × two channels, of a
 * vector [channels] the two channels, twice.
 */
export interface ColumnTerm {
  readonly matrices: readonly string[];
  readonly vectors: readonly string[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  /** A vec4 of two rows × two channels, whose sum is the first two components of the result. */
  readonly first: string;
  /** The same, for the last two; default 0. */
  readonly second?: string;
}

/** Rows of a matrix, two by two, and how they are divided into parts. */
export interface RowParts {
  readonly rows: number;
  readonly channels: number;
  /** Pairs of rows in a part. */
  readonly partPairs: number;
  readonly parts: number;
}

/** About as many parts as pairs in a part, so that neither of the two sums is long: their rounding errors grow with their lengths. */
export function rowParts(rows: number, channels: number): RowParts {
  const pairs = Math.ceil(rows / 2);
  const partPairs = Math.max(32, Math.ceil(Math.sqrt(pairs)));
  return {rows, channels, partPairs, parts: Math.ceil(pairs / partPairs)};
}

/** Sums over parts of the rows: a table with a texel for every part and pair of channels, parts one after the other. */
export function columnSumParts(
  {matrices, vectors, uniforms, first, second}: ColumnTerm,
  {rows, channels, partPairs}: RowParts,
  target: TexelTable,
): TexelProgram {
  const fetchMatrix = (name: string) => `vec4 ${name}Texel = texelFetch(${name}, at_${name}, 0);`;
  const each = <T extends string>(names: readonly T[], line: (name: T) => string) => names.map(line).join('\n      ');
  const add = (mask: string) => `
        sum += vec4(pairSum(${first}, ${mask}), ${second === undefined ? 'vec2(0)' : `pairSum(${second}, ${mask})`});`;
  return {
    inputs: [...matrices, ...vectors],
    uniforms: {...uniforms, size: [rows, channels, partPairs], target: {table: target}},
    code: `
  vec2 pairSum(vec4 values, bool bothRows) {
    return bothRows ? values.xy + values.zw : values.xy;
  }

  void main() {
    ivec2 position = ivec2(gl_FragCoord.xy);
    int texel = (position.y << target.y) + position.x;
    int channelPairs = (size.y + 1) >> 1;
    int part = quotient(texel, channelPairs);
    int pair = texel - part * channelPairs;
    int firstPair = part * size.z;
    int endPair = min(firstPair + size.z, (size.x + 1) >> 1);
    ${each(vectors, (name) => `vec4 ${name}Texel = texelFetch(${name}, packedTexel(pair, ${name}TexShape), 0).xyxy;`)}
    ${each(matrices, (name) => `int width_${name} = packedWidth(${name}TexShape);`)}
    ${each(matrices, (name) => `ivec2 at_${name} = packedTexel(firstPair * channelPairs + pair, ${name}TexShape);`)}
    ${each(matrices, (name) => `ivec2 stride_${name} = packedTexel(channelPairs, ${name}TexShape);`)}
    vec4 sum = vec4(0);
    for (int n = firstPair; n < endPair; n++) {
      ${each(matrices, fetchMatrix)}
      ${add('2 * n + 1 < size.x')}
      ${each(matrices, (name) => `at_${name} += stride_${name};`)}
      ${each(matrices, (name) => `if (at_${name}.x >= width_${name}) at_${name} += ivec2(-width_${name}, 1);`)}
    }
    setOutput(sum);
  }
`,
  };
}

/** The sums of the parts, two of their components as a vector [channels], divided by a number. */
export function columnSums(
  table: TexelTable,
  {channels, parts}: RowParts,
  components: 'xy' | 'zw',
  divisor: number,
): TexelProgram {
  return {
    inputs: ['values'],
    uniforms: {counts: [channels, parts], source: {table}, divisor: {float: divisor}},
    code: `
  void main() {
    int texel = outputTexel();
    int channel = 2 * texel;
    int channelPairs = (counts.x + 1) >> 1;
    vec2 sum = vec2(0);
    if (channel < counts.x) {
      for (int part = 0; part < counts.y; part++) {
        sum += texelFetch(values, tableEntry(texel, source), 0).${components};
        texel += channelPairs;
      }
      sum /= divisor;
      if (channel + 1 >= counts.x) sum.y = 0.0;
    }
    setOutput(vec4(sum, 0, 0));
  }
`,
  };
}
