// SPDX-License-Identifier: Apache-2.0
import type {Components} from '../program.js';

/** Returns elements \`at\` to \`at + 3\` of a buffer, the first of which is of \`channel\`; from channel \`end\` on there are 0s. */
export const fourOf = (buffer: string, components: Components, at = 'at') =>
  components === 4
    ? `return ${buffer}[${at} / 4];`
    : `var four = vec4<f32>(${buffer}[${at}], 0, 0, 0);
    if (channel + 1 < end) { four.y = ${buffer}[${at} + 1]; }
    if (channel + 2 < end) { four.z = ${buffer}[${at} + 2]; }
    if (channel + 3 < end) { four.w = ${buffer}[${at} + 3]; }
    return four;`;

/** Writes \`value\` to elements \`at\` to \`at + 3\` of the result, up to channel \`end\`. */
export const putFour = (components: Components) =>
  components === 4
    ? 'result[at / 4] = value;'
    : `result[at] = value.x;
    if (channel + 1 < end) { result[at + 1] = value.y; }
    if (channel + 2 < end) { result[at + 2] = value.z; }
    if (channel + 3 < end) { result[at + 3] = value.w; }`;

/** Looks at the bits: WGSL leaves it to the device what it makes of comparisons with NaN. */
export const NON_FINITE = `
  fn nonFinite(values: vec4<f32>) -> bool {
    return any((bitcast<vec4<u32>>(values) & vec4<u32>(0x7f800000u)) == vec4<u32>(0x7f800000u));
  }
`;
