// SPDX-License-Identifier: Apache-2.0
import type {Activation} from '@addernet/core';
import type {TexelProgram, Uniform} from '../program.js';
import type {TexelTable} from '../texel-table.js';
import {paddedUniforms, splitsPairs, type Windows} from '../windows.js';

/** A term of the sum over a window, of four input channels at once, as GLSL: x and f are vec4. */
export interface Term {
  readonly expression: string;
  /** Whether the sum is of the expression's negative. */
  readonly negative: boolean;
}

export const NEGATIVE_DISTANCE: Term = {expression: 'abs(x - f)', negative: true};
export const PRODUCT: Term = {expression: 'x * f', negative: false};

/** What follows the sum, of an output texel: scale, offset, residual and activation. */
export interface Epilogue {
  readonly activation: Activation;
  readonly hasResidual: boolean;
}

/**
 * Sums over windows: y[pixel, t] = Σ term(x, filter), two pixels × two output channels a texel. The inputs are x with its padding, four channels a texel; the
 * filter, four input channels a texel; and with an epilogue scale, offset and, if there is one, the residual.
 *
 * A step of the inner loop takes four texels and makes 16 terms of them, in four vec4 sums whose components are added up at the end.
 */
export function windowSums(
  {expression, negative}: Term,
  windows: Windows,
  x: TexelTable,
  filter: TexelTable,
  epilogue?: Epilogue,
): TexelProgram {
  const {geometry, groupInChannels, groupOutChannels} = windows;
  const quads = Math.ceil(groupInChannels / 4);
  // Up to four input channels, as in a first layer, need no loop.
  const loop = quads === 1 ? '{' : 'for (int quad = 0; quad < quads; quad++) {';
  const glsl: SumsGlsl = {loop, add: negative ? '-=' : '+='};
  const uniforms: Record<string, Uniform> = {
    ...paddedUniforms(windows),
    quads: [quads],
    imageTable: {table: x},
    weightTable: {table: filter},
  };
  const residual = epilogue?.hasResidual === true ? ['residual'] : [];
  return {
    inputs: ['images', 'weights', ...(epilogue === undefined ? [] : ['scale', 'offset', ...residual])],
    uniforms,
    code: `
  vec4 term(vec4 x, vec4 f) {
    return ${expression};
  }
  ${epilogue === undefined ? '' : finish(epilogue)}
  ${splitsPairs(geometry.groups, groupOutChannels) ? sumsOfTwoGroups(glsl) : sums(glsl)}
  void main() {
    int texel = outputTexel();
    int channelPairs = (outSize.w + 1) >> 1;
    int pixelPairs = (outSize.z + 1) >> 1;
    int pair = quotient(texel, channelPairs);
    int channel = 2 * (texel - pair * channelPairs);
    int outRow = quotient(pair, pixelPairs);
    int column = 2 * (pair - outRow * pixelPairs);
    int image = quotient(outRow, outSize.y);
    vec4 result = vec4(0);
    if (image < outSize.x) {
      int row = outRow - image * outSize.y;
      int corner = (image * paddedSize.x + row * strides.x) * paddedSize.y + column * strides.y;
      result = sums(corner, channel);
      ${epilogue === undefined ? '' : 'result = finish(result, channel, texel);'}
      if (channel + 1 >= outSize.w) result.yw = vec2(0);
      if (column + 1 >= outSize.z) result.zw = vec2(0);
    }
    setOutput(result);
  }
`,
  };
}

interface SumsGlsl {
  /** Head of the loop over the input channels. */
  readonly loop: string;
  readonly add: '+=' | '-=';
}

/** Goes over a window, from its corner: `step` sees texels at0 and at1 of the two pixels, and atFilter of the first output channel. */
const overWindow = (loop: string, step: string) => `
    int firstQuad = quads < imageTable.z ? quotient(channel, filterSize.w) * quads : 0;
    int entry = 0;
    for (int i = 0; i < filterSize.x; i++) {
      int pixel = corner + i * dilations.x * paddedSize.y;
      for (int j = 0; j < filterSize.y; j++) {
        ivec2 at0 = tableEntry(pixel, imageTable);
        ivec2 at1 = tableEntry(pixel + strides.y, imageTable);
        at0.x += firstQuad;
        at1.x += firstQuad;
        ${loop}
          ivec2 atFilter = tableEntry(entry, weightTable);
          atFilter.x += channel;
          ${step}
          at0.x++;
          at1.x++;
          entry++;
        }
        pixel += dilations.y;
      }
    }`;

/** Both output channels see the same input channels. */
const sums = ({loop, add}: SumsGlsl) => `
  vec4 sums(int corner, int channel) {
    vec4 sum00 = vec4(0);
    vec4 sum01 = vec4(0);
    vec4 sum10 = vec4(0);
    vec4 sum11 = vec4(0);
    ${overWindow(
      loop,
      `vec4 x0 = texelFetch(images, at0, 0);
          vec4 x1 = texelFetch(images, at1, 0);
          vec4 f0 = texelFetch(weights, atFilter, 0);
          vec4 f1 = texelFetch(weights, ivec2(atFilter.x + 1, atFilter.y), 0);
          sum00 ${add} term(x0, f0);
          sum01 ${add} term(x0, f1);
          sum10 ${add} term(x1, f0);
          sum11 ${add} term(x1, f1);`,
    )}
    return vec4(sumOf(sum00), sumOf(sum01), sumOf(sum10), sumOf(sum11));
  }
`;

/** With an odd number of output channels a group, a texel's two can belong to two groups. */
const sumsOfTwoGroups = ({loop, add}: SumsGlsl) => `
  vec2 channelSums(int corner, int channel) {
    vec4 sum0 = vec4(0);
    vec4 sum1 = vec4(0);
    ${overWindow(
      loop,
      `vec4 f = texelFetch(weights, atFilter, 0);
          sum0 ${add} term(texelFetch(images, at0, 0), f);
          sum1 ${add} term(texelFetch(images, at1, 0), f);`,
    )}
    return vec2(sumOf(sum0), sumOf(sum1));
  }

  vec4 sums(int corner, int channel) {
    vec2 first = channelSums(corner, channel);
    vec2 second = channel + 1 < outSize.w ? channelSums(corner, channel + 1) : vec2(0);
    return vec4(first.x, second.x, first.y, second.y);
  }
`;

/** Clamps by comparisons, which are false of NaN: it stays. */
const ACTIVATIONS: Readonly<Record<Activation, string>> = {
  linear: 'value',
  relu: 'mix(value, vec4(0), lessThan(value, vec4(0)))',
  relu6: 'mix(mix(value, vec4(0), lessThan(value, vec4(0))), vec4(6), greaterThan(value, vec4(6)))',
};

function finish({activation, hasResidual}: Epilogue): string {
  return `
  vec4 finish(vec4 sum, int channel, int texel) {
    vec4 factor = texelFetch(scale, packedTexel(channel >> 1, scaleTexShape), 0).xyxy;
    vec4 shift = texelFetch(offset, packedTexel(channel >> 1, offsetTexShape), 0).xyxy;
    vec4 value = sum * factor + shift;
    ${hasResidual ? 'value += texelFetch(residual, packedTexel(texel, residualTexShape), 0);' : ''}
    return ${ACTIVATIONS[activation]};
  }`;
}
