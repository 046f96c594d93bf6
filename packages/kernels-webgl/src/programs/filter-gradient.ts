// SPDX-License-Identifier: Apache-2.0
import type {FilterGradient} from '@addernet/core';
import type {TexelProgram} from '../program.js';
import type {TexelTable} from '../texel-table.js';
import {paddedUniforms, splitsPairs, type Windows} from '../windows.js';

/** What dY is multiplied by, of 2 × 2 pairs of input and output channels at once, as GLSL: x and f are vec4. */
export interface PairSlope {
  readonly expression: string;
  readonly readsFilter: boolean;
  /** Whether the expression turns NaN into a number, so that NaN in x and in the filter has to be seen elsewhere. */
  readonly losesNan: boolean;
}

export const IMAGE_ITSELF: PairSlope = {expression: 'x', readsFilter: false, losesNan: false};

export const SURROGATE_PAIR_SLOPES: Readonly<Record<FilterGradient, PairSlope>> = {
  'full-precision': {expression: 'x - f', readsFilter: true, losesNan: false},
  sign: {expression: 'sign(x - f)', readsFilter: true, losesNan: true},
};

/**
 * Parts of the filter's gradient: dF[place, k, t] = Σ dY·slope(x, filter) over some rows of output pixels, two input × two output channels a texel.
 * The texels of a part come in the order of TF.js's packed layout of the filter; part n begins at texel n·partTexels. The inputs are x as pairs of pixels, dY and,
 * if the slope reads it, the filter, both in TF.js's packed layout.
 *
 * A step of the inner loop takes a texel of x and one of dY and makes eight terms of them.
 */
export function filterGradientParts(
  slope: PairSlope,
  windows: Windows,
  x: TexelTable,
  target: TexelTable,
  {partTexels, partRows}: {readonly partTexels: number; readonly partRows: number},
): TexelProgram {
  const {geometry: g, groupInChannels, groupOutChannels} = windows;
  const split = splitsPairs(g.groups, groupOutChannels);
  // Two input × two output channels at a pixel; x0 is what the first output channel sees, x1 the second.
  const add = (pixel: 'xyxy' | 'zwzw', [first, second]: 'xy' | 'zw') =>
    `sum += d.${pixel} * slope(vec4(x0.${first}, x1.${first}, x0.${second}, x1.${second}), f);`;
  const fetch = `
        ivec2 entry = tableEntry(pixel, imageTable);
        vec4 d = texelFetch(gradients, at, 0);
        vec4 x0 = texelFetch(images, ivec2(entry.x + firstTexel, entry.y), 0);
        ${split ? 'vec4 x1 = texelFetch(images, ivec2(entry.x + secondTexel, entry.y), 0);' : 'vec4 x1 = x0;'}`;
  const see = (mask: string) =>
    slope.losesNan ? `seen0 |= nanBits(x0)${mask};\n        seen1 |= nanBits(x1)${mask};` : '';
  return {
    inputs: ['images', 'gradients', ...(slope.readsFilter ? ['weights'] : [])],
    uniforms: {
      ...paddedUniforms(windows),
      pairs: [Math.ceil(groupInChannels / 2)],
      parts: [partTexels, partRows],
      imageTable: {table: x},
      target: {table: target},
    },
    code: `
  vec4 slope(vec4 x, vec4 f) {
    return ${slope.expression};
  }

  void main() {
    ivec2 position = ivec2(gl_FragCoord.xy);
    int texel = (position.y << target.y) + position.x;
    int part = quotient(texel, parts.x);
    texel -= part * parts.x;
    int outPairs = (outSize.w + 1) >> 1;
    int rest = quotient(texel, outPairs);
    int outPair = texel - rest * outPairs;
    int place = quotient(rest, pairs);
    int inPair = rest - place * pairs;
    int i = quotient(place, filterSize.y);
    int j = place - i * filterSize.y;
    int firstTexel = quotient(2 * outPair, filterSize.w) * pairs + inPair;
    ${split ? 'int secondTexel = quotient(min(2 * outPair + 1, outSize.w - 1), filterSize.w) * pairs + inPair;' : ''}
    vec4 f = ${slope.readsFilter ? 'texelFetch(weights, packedTexel(texel, weightsTexShape), 0)' : 'vec4(0)'};
    ${slope.losesNan ? 'uvec4 seen0 = uvec4(0);\n    uvec4 seen1 = uvec4(0);' : ''}
    vec4 sum = vec4(0);
    int firstRow = part * parts.y;
    int endRow = min(firstRow + parts.y, outSize.x * outSize.y);
    int pixelPairs = (outSize.z + 1) >> 1;
    int wholePairs = outSize.z >> 1;
    int width = packedWidth(gradientsTexShape);
    // From one pair of pixels of dY to the next one, outPairs texels further.
    ivec2 stride_ = packedTexel(outPairs, gradientsTexShape);
    for (int outRow = firstRow; outRow < endRow; outRow++) {
      int image = quotient(outRow, outSize.y);
      int row = outRow - image * outSize.y;
      int pixel = (image * paddedSize.x + row * strides.x + i * dilations.x) * paddedSize.y + j * dilations.y;
      ivec2 at = packedTexel(outRow * pixelPairs * outPairs + outPair, gradientsTexShape);
      for (int n = 0; n < wholePairs; n++) {
        ${fetch}
        ${add('xyxy', 'xy')}
        ${add('zwzw', 'zw')}
        ${see('')}
        pixel += 2 * strides.y;
        at += stride_;
        if (at.x >= width) at += ivec2(-width, 1);
      }
      if (wholePairs < pixelPairs) {
        ${fetch}
        ${add('xyxy', 'xy')}
        ${see(' & uvec4(0xffffffffu, 0xffffffffu, 0u, 0u)')}
      }
    }
    ${slope.losesNan ? RESTORE_NAN : ''}
    if (2 * outPair + 1 >= outSize.w) sum.yw = vec2(0);
    if (2 * inPair + 1 >= filterSize.z) sum.zw = vec2(0);
    setOutput(sum);
  }
`,
  };
}

/** Where x, of either pixel, or the element of the filter is NaN. */
const RESTORE_NAN = `
    uvec4 pixels0 = seen0 | seen0.zwzw;
    uvec4 pixels1 = seen1 | seen1.zwzw;
    uvec4 bits = uvec4(pixels0.x, pixels1.x, pixels0.y, pixels1.y) | nanBits(f);
    sum = mix(sum, vec4(uintBitsToFloat(NAN_BITS)), areNan(bits));
`;
