// SPDX-License-Identifier: Apache-2.0
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from '../backend.js';
import {maxTextureSize} from '../device.js';
import {runTableProgram, type TexelProgram} from '../program.js';
import {type TexelTable, texelTable} from '../texel-table.js';
import type {Windows} from '../windows.js';
import {channelOfTexel, PIXEL_OF_TEXEL} from '../glsl/image-layout.js';

/** Values for other shaders, with the table that says where they lie. The tensor is the caller's to dispose. */
export interface PackedTable {
  readonly tensor: TensorInfo;
  readonly table: TexelTable;
}

export interface PackChannelsOptions {
  /** Groups that the channels belong to; a texel holds channels of one group. */
  readonly groups: number;
  /** Lays out the padded images that windows see; default: the images as they are. */
  readonly windows?: Windows;
}

/**
 * Four channels a texel: of [images, height, width, channels], a table with an entry for every pixel, padding included, and in it the channels of every
 * group in turn, the last texel of a group filled up with zeros.
 */
export function packChannels(
  backend: WebglBackend,
  what: string,
  values: TensorInfo,
  [images, height, width, channels]: readonly [number, number, number, number],
  {groups, windows}: PackChannelsOptions,
): PackedTable {
  const groupChannels = channels / groups;
  const groupTexels = Math.ceil(groupChannels / 4);
  const [paddedHeight, paddedWidth] = windows?.padded ?? [height, width];
  const table = texelTable(what, images * paddedHeight * paddedWidth, groups * groupTexels, maxTextureSize());
  const program: TexelProgram = {
    inputs: ['values'],
    uniforms: {
      size: [images, height, width, channels],
      padding: [paddedHeight, paddedWidth, windows?.geometry.padTop ?? 0, windows?.geometry.padLeft ?? 0],
      steps: windows?.steps ?? [1, 1],
      grouping: [groupTexels, groupChannels],
      target: {table},
    },
    code: CODE,
  };
  const source = {dataId: values.dataId, dtype: values.dtype, shape: [images, height, width, channels]};
  return {tensor: runTableProgram(backend, program, [source], table), table};
}

const CODE = `
  void main() {
    ${PIXEL_OF_TEXEL}
    vec4 result = vec4(0);
    if (image < size.x && row >= 0 && row < size.y && column >= 0 && column < size.z) {
      ${channelOfTexel(4)}
      int pixelPair = (image * size.y + row) * ((size.z + 1) >> 1) + (column >> 1);
      ivec2 from = packedTexel(pixelPair * ((size.w + 1) >> 1) + (channel >> 1), valuesTexShape);
      bool evenColumn = (column & 1) == 0;
      // Pairs of channels that begin at even ones.
      vec4 texel0 = texelFetch(values, from, 0);
      from = nextTexel(from, valuesTexShape);
      vec4 texel1 = texelFetch(values, from, 0);
      result = evenColumn ? vec4(texel0.xy, texel1.xy) : vec4(texel0.zw, texel1.zw);
      if ((channel & 1) == 1) {
        vec4 texel2 = texelFetch(values, nextTexel(from, valuesTexShape), 0);
        result = vec4(result.yzw, evenColumn ? texel2.x : texel2.z);
      }
      int left = grouping.y - first;
      if (left < 2) result.y = 0.0;
      if (left < 3) result.z = 0.0;
      if (left < 4) result.w = 0.0;
    }
    setOutput(result);
  }
`;
