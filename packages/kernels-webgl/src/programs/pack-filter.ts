// SPDX-License-Identifier: Apache-2.0
import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WebglBackend} from '../backend.js';
import {maxTextureSize} from '../device.js';
import {runTableProgram, type TexelProgram} from '../program.js';
import {texelTable} from '../texel-table.js';
import type {Windows} from '../windows.js';
import type {PackedTable} from './pack-channels.js';

/**
 * Four input channels a texel: of a filter [filterHeight, filterWidth, inChannels / groups, outChannels], a table with an entry for every place of the filter and
 * every four input channels, and in it a texel for every output channel, their number made even.
 */
export function packFilter(
  backend: WebglBackend,
  kernelName: string,
  filter: TensorInfo,
  windows: Windows,
): PackedTable {
  const {geometry: g, groupInChannels} = windows;
  const places = g.filterHeight * g.filterWidth;
  const texels = 2 * Math.ceil(g.outChannels / 2);
  const table = texelTable(
    `${kernelName}: the filter`,
    places * Math.ceil(groupInChannels / 4),
    texels,
    maxTextureSize(),
  );
  const program: TexelProgram = {
    inputs: ['weights'],
    uniforms: {size: [places, groupInChannels, g.outChannels], target: {table}},
    code: CODE,
  };
  return {tensor: runTableProgram(backend, program, [filter], table), table};
}

const CODE = `
  // Input channels \`channel\`, which is even, and the next one.
  vec2 channelPair(int place, int channel, int outChannel) {
    int n = (place * ((size.y + 1) >> 1) + (channel >> 1)) * ((size.z + 1) >> 1) + (outChannel >> 1);
    vec4 texel = texelFetch(weights, packedTexel(n, weightsTexShape), 0);
    return (outChannel & 1) == 0 ? texel.xz : texel.yw;
  }

  void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    int slot = quotient(at.x, target.z);
    int outChannel = at.x - slot * target.z;
    int entry = (at.y << target.y) + slot;
    int quads = (size.y + 3) >> 2;
    int place = quotient(entry, quads);
    int channel = 4 * (entry - place * quads);
    vec4 result = vec4(0);
    if (place < size.x && outChannel < size.z) {
      result = vec4(channelPair(place, channel, outChannel), channelPair(place, channel + 2, outChannel));
      int left = size.y - channel;
      if (left < 2) result.y = 0.0;
      if (left < 3) result.z = 0.0;
      if (left < 4) result.w = 0.0;
    }
    setOutput(result);
  }
`;
