// SPDX-License-Identifier: Apache-2.0
import type {InputGradient} from '@addernet/core';
import type {TexelProgram} from '../program.js';
import type {TexelTable} from '../texel-table.js';
import {sizeUniforms, splitsPairs, type Windows} from '../windows.js';

/** What dY is multiplied by, of four output channels at once, as GLSL: f is a vec4, x a float. */
export interface Slope {
  readonly expression: string;
  readonly readsX: boolean;
  /** Whether the expression turns NaN into a number, so that NaN in x and in the filter has to be seen elsewhere. */
  readonly losesNan: boolean;
}

export const FILTER_ITSELF: Slope = {expression: 'f', readsX: false, losesNan: false};

export const SURROGATE_SLOPES: Readonly<Record<InputGradient, Slope>> = {
  'hard-tanh': {expression: 'clamp(f - x, -1.0, 1.0)', readsX: true, losesNan: true},
  sign: {expression: 'sign(f - x)', readsX: true, losesNan: true},
  'full-precision': {expression: 'f - x', readsX: true, losesNan: false},
};

/**
 * Gradients of the images: dX[pixel, k] = Σ dY·slope(filter, x) over the windows that see the pixel, two pixels × two channels a texel. The inputs are dY and the filter, four
 * output channels a texel, and x in TF.js's packed layout if the slope reads it.
 *
 * What TF.js and drivers make of NaN in clamp and sign is undefined, so their NaN are found in the bits of the filter's elements, beside the sums, and in those of x.
 */
export function inputGradient(slope: Slope, windows: Windows, dy: TexelTable, filter: TexelTable): TexelProgram {
  const {geometry: g, groupInChannels, groupOutChannels} = windows;
  const unitStrides = g.strideHeight === 1 && g.strideWidth === 1;
  return {
    inputs: ['gradients', 'weights', ...(slope.readsX ? ['images'] : [])],
    uniforms: {
      ...sizeUniforms(windows),
      strides: [g.strideHeight, g.strideWidth],
      padding: [g.padTop, g.padLeft],
      quads: [Math.ceil(groupOutChannels / 4)],
      gradientTable: {table: dy},
      weightTable: {table: filter},
    },
    code: `
  vec4 slope(vec4 f, float x) {
    return ${slope.expression};
  }
  ${slope.losesNan ? 'uvec4 seen;' : ''}
  vec4 sum00, sum01, sum10, sum11;
  ${sums(slope, splitsPairs(g.groups, groupInChannels))}
  // The row (column) of outputs whose windows begin at this distance before the pixel, or -1.
  int outputAt(int distance, int stride, int size) {
    ${OUTPUT_AT[unitStrides ? 'unit' : 'any']}
  }

  // The row of outputs that sees a row at row i of the filter.
  int outputRow(int row, int i) {
    return outputAt(row + padding.x - i * dilations.x, strides.x, outSize.y);
  }

  // The columns of outputs that see a column and the next one at column j of the filter.
  ivec2 outputColumns(int column, int j) {
    int distance = column + padding.y - j * dilations.y;
    int next = column + 1 < inSize.z ? outputAt(distance + 1, strides.y, outSize.z) : -1;
    return ivec2(outputAt(distance, strides.y, outSize.z), next);
  }
  ${slope.losesNan ? WITH_NAN : ''}
  void main() {
    int texel = outputTexel();
    int channelPairs = (inSize.w + 1) >> 1;
    int pixelPairs = (inSize.z + 1) >> 1;
    int pair = quotient(texel, channelPairs);
    int channel = 2 * (texel - pair * channelPairs);
    int imageRow = quotient(pair, pixelPairs);
    int column = 2 * (pair - imageRow * pixelPairs);
    int image = quotient(imageRow, inSize.y);
    if (image >= inSize.x) {
      setOutput(vec4(0));
      return;
    }
    int row = imageRow - image * inSize.y;
    vec4 x = ${slope.readsX ? 'texelFetch(images, packedTexel(texel, imagesTexShape), 0)' : 'vec4(0)'};
    sum00 = vec4(0);
    sum01 = vec4(0);
    sum10 = vec4(0);
    sum11 = vec4(0);
    ${slope.losesNan ? 'seen = nanBits(x);' : ''}
    for (int i = 0; i < filterSize.x; i++) {
      int outRow = outputRow(row, i);
      if (outRow < 0) continue;
      int firstPixel = (image * outSize.y + outRow) * outSize.z;
      for (int j = 0; j < filterSize.y; j++) {
        addPlace(firstPixel, outputColumns(column, j), i * filterSize.y + j, channel, x);
      }
    }
    vec4 result = vec4(sumOf(sum00), sumOf(sum01), sumOf(sum10), sumOf(sum11));
    ${slope.losesNan ? 'if (anyNan(seen)) result = withNan(result, x, row, column, channel);' : ''}
    if (channel + 1 >= inSize.w) result.yw = vec2(0);
    if (column + 1 >= inSize.z) result.zw = vec2(0);
    setOutput(result);
  }
`,
  };
}

/** Windows one apart are found without a division. */
const OUTPUT_AT = {
  unit: 'return distance < size ? distance : -1;',
  any: `int at = quotient(max(distance, 0), stride);
    return distance >= 0 && at * stride == distance && at < size ? at : -1;`,
};

/**
 * The result with NaN where x or an element of the filter that met it is NaN. It happens to sums that are lost anyway, so what the loop above pays for it is to see that
 * there is a NaN at all.
 */
const WITH_NAN = `
  vec4 withNan(vec4 result, vec4 x, int row, int column, int channel) {
    bvec4 xIsNan = areNan(nanBits(x));
    for (int i = 0; i < filterSize.x; i++) {
      if (outputRow(row, i) < 0) continue;
      for (int j = 0; j < filterSize.y; j++) {
        ivec2 seenFrom = outputColumns(column, j);
        for (int k = 0; k < 2 && channel + k < inSize.w; k++) {
          int group = quotient(channel + k, filterSize.z);
          int entry = (i * filterSize.y + j) * filterSize.z + channel + k - group * filterSize.z;
          ivec2 atFilter = tableEntry(entry, weightTable);
          bool filterIsNan = false;
          for (int quad = group * quads; quad < (group + 1) * quads; quad++) {
            vec4 f = texelFetch(weights, ivec2(atFilter.x + quad, atFilter.y), 0);
            filterIsNan = filterIsNan || anyNan(nanBits(f));
          }
          for (int pixel = 0; pixel < 2; pixel++) {
            bool isNan = seenFrom[pixel] >= 0 && (filterIsNan || xIsNan[2 * pixel + k]);
            if (isNan) result[2 * pixel + k] = uintBitsToFloat(NAN_BITS);
          }
        }
      }
    }
    return result;
  }
`;

/** Adds what one place of the filter gives to the four sums; pixels that it does not see are −1. */
function sums({losesNan}: Slope, split: boolean): string {
  const see = (f: string) => (losesNan ? `seen |= nanBits(${f});` : '');
  const single = (sum: string) => `
  void add${sum}(int pixel, int entry, int firstQuad, float x) {
    ivec2 at = tableEntry(pixel, gradientTable);
    ivec2 atFilter = tableEntry(entry, weightTable);
    for (int quad = firstQuad; quad < firstQuad + quads; quad++) {
      vec4 f = texelFetch(weights, ivec2(atFilter.x + quad, atFilter.y), 0);
      sum${sum} += texelFetch(gradients, ivec2(at.x + quad, at.y), 0) * slope(f, x);
      ${see('f')}
    }
  }`;
  const pixel = (p: number) => `
  void addPixel${p}(int pixel, int entry, int firstQuad, vec2 x) {
    ivec2 at = tableEntry(pixel, gradientTable);
    ivec2 atFilter0 = tableEntry(entry, weightTable);
    ivec2 atFilter1 = tableEntry(entry + 1, weightTable);
    for (int quad = firstQuad; quad < firstQuad + quads; quad++) {
      vec4 d = texelFetch(gradients, ivec2(at.x + quad, at.y), 0);
      vec4 f0 = texelFetch(weights, ivec2(atFilter0.x + quad, atFilter0.y), 0);
      vec4 f1 = texelFetch(weights, ivec2(atFilter1.x + quad, atFilter1.y), 0);
      sum${p}0 += d * slope(f0, x.x);
      sum${p}1 += d * slope(f1, x.y);
      ${see('f0')}
      ${see('f1')}
    }
  }`;
  if (split) {
    return `
  ${['00', '01', '10', '11'].map(single).join('\n')}
  void addPlace(int firstPixel, ivec2 seenFrom, int place, int channel, vec4 x) {
    for (int k = 0; k < 2; k++) {
      if (channel + k >= inSize.w) break;
      int group = quotient(channel + k, filterSize.z);
      int entry = place * filterSize.z + channel + k - group * filterSize.z;
      int firstQuad = group * quads;
      if (k == 0) {
        if (seenFrom.x >= 0) add00(firstPixel + seenFrom.x, entry, firstQuad, x.x);
        if (seenFrom.y >= 0) add10(firstPixel + seenFrom.y, entry, firstQuad, x.z);
      } else {
        if (seenFrom.x >= 0) add01(firstPixel + seenFrom.x, entry, firstQuad, x.y);
        if (seenFrom.y >= 0) add11(firstPixel + seenFrom.y, entry, firstQuad, x.w);
      }
    }
  }`;
  }
  return `
  ${pixel(0)}
  ${pixel(1)}
  void addBothPixels(int pixel0, int pixel1, int entry, int firstQuad, vec4 x) {
    ivec2 at0 = tableEntry(pixel0, gradientTable);
    ivec2 at1 = tableEntry(pixel1, gradientTable);
    ivec2 atFilter0 = tableEntry(entry, weightTable);
    ivec2 atFilter1 = tableEntry(entry + 1, weightTable);
    for (int quad = firstQuad; quad < firstQuad + quads; quad++) {
      vec4 d0 = texelFetch(gradients, ivec2(at0.x + quad, at0.y), 0);
      vec4 d1 = texelFetch(gradients, ivec2(at1.x + quad, at1.y), 0);
      vec4 f0 = texelFetch(weights, ivec2(atFilter0.x + quad, atFilter0.y), 0);
      vec4 f1 = texelFetch(weights, ivec2(atFilter1.x + quad, atFilter1.y), 0);
      sum00 += d0 * slope(f0, x.x);
      sum01 += d0 * slope(f1, x.y);
      sum10 += d1 * slope(f0, x.z);
      sum11 += d1 * slope(f1, x.w);
      ${see('f0')}
      ${see('f1')}
    }
  }

  void addPlace(int firstPixel, ivec2 seenFrom, int place, int channel, vec4 x) {
    int group = quotient(channel, filterSize.z);
    int entry = place * filterSize.z + channel - group * filterSize.z;
    int firstQuad = group * quads;
    if (seenFrom.x >= 0 && seenFrom.y >= 0) {
      addBothPixels(firstPixel + seenFrom.x, firstPixel + seenFrom.y, entry, firstQuad, x);
    } else if (seenFrom.x >= 0) {
      addPixel0(firstPixel + seenFrom.x, entry, firstQuad, x.xy);
    } else if (seenFrom.y >= 0) {
      addPixel1(firstPixel + seenFrom.y, entry, firstQuad, x.zw);
    }
  }`;
}
