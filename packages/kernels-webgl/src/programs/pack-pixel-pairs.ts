// SPDX-License-Identifier: Apache-2.0
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from '../backend.js';
import {maxTextureSize} from '../device.js';
import {runTableProgram, type TexelProgram} from '../program.js';
import {texelTable} from '../texel-table.js';
import type {Windows} from '../windows.js';
import {channelOfTexel, PIXEL_OF_TEXEL} from '../glsl/image-layout.js';
import type {PackedTable} from './pack-channels.js';

/**
 * Two pixels × two channels a texel, for every pixel of the padded images: itself and the one that the next window sees at the same place, strideWidth
 * further. (TF.js's packed layout has pairs that begin at even columns alone.) An entry has the pairs of channels of every group in turn.
 */
export function packPixelPairs(
  backend: WebglBackend,
  kernelName: string,
  x: TensorInfo,
  windows: Windows,
): PackedTable {
  const {geometry: g, groupInChannels, padded, steps} = windows;
  const groupTexels = Math.ceil(groupInChannels / 2);
  const table = texelTable(
    `${kernelName}: x`,
    g.batch * padded[0] * padded[1],
    g.groups * groupTexels,
    maxTextureSize(),
  );
  const program: TexelProgram = {
    inputs: ['images'],
    uniforms: {
      size: [g.batch, g.inHeight, g.inWidth, g.inChannels],
      padding: [...padded, g.padTop, g.padLeft],
      steps,
      grouping: [groupTexels, groupInChannels],
      stride: [g.strideWidth],
      target: {table},
    },
    code: CODE,
  };
  return {tensor: runTableProgram(backend, program, [x], table), table};
}

const CODE = `
  // Channels \`channel\` and the next one of a pixel; 0 in the padding.
  vec2 channelPair(int row, int column, int channel) {
    if (column < 0 || column >= size.z) return vec2(0);
    int n = (row * ((size.z + 1) >> 1) + (column >> 1)) * ((size.w + 1) >> 1) + (channel >> 1);
    ivec2 from = packedTexel(n, imagesTexShape);
    vec4 texel = texelFetch(images, from, 0);
    vec2 low = (column & 1) == 0 ? texel.xy : texel.zw;
    if ((channel & 1) == 0) return low;
    texel = texelFetch(images, nextTexel(from, imagesTexShape), 0);
    return vec2(low.y, (column & 1) == 0 ? texel.x : texel.z);
  }

  void main() {
    ${PIXEL_OF_TEXEL}
    vec4 result = vec4(0);
    if (image < size.x && row >= 0 && row < size.y) {
      ${channelOfTexel(2)}
      int imageRow = image * size.y + row;
      result = vec4(channelPair(imageRow, column, channel), channelPair(imageRow, column + stride, channel));
      if (first + 1 >= grouping.y) result.yw = vec2(0);
    }
    setOutput(result);
  }
`;
