// SPDX-License-Identifier: Apache-2.0

/**
 * What a texel of a table of padded images stands for, from uniforms padding (height, width, top, left), steps, grouping (texels, channels) and target: `texel` of
 * its entry, and row, column and image, which lie outside in the padding.
 */
export const PIXEL_OF_TEXEL = `ivec2 at = ivec2(gl_FragCoord.xy);
    int slot = quotient(at.x, target.z);
    int texel = at.x - slot * target.z;
    int pixel = (at.y << target.y) + slot;
    int paddedRow = quotient(pixel, padding.y);
    int column = (pixel - paddedRow * padding.y) * steps.y - padding.w;
    int image = quotient(paddedRow, padding.x);
    int row = (paddedRow - image * padding.x) * steps.x - padding.z;`;

/** The first channel of a texel: `first` in its group, `channel` in all. */
export const channelOfTexel = (channelsPerTexel: number) => `int first = ${channelsPerTexel} * texel;
      int channel = first;
      if (grouping.x < target.z) {
        int group = quotient(texel, grouping.x);
        first = ${channelsPerTexel} * (texel - group * grouping.x);
        channel = group * grouping.y + first;
      }`;
