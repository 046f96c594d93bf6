// SPDX-License-Identifier: Apache-2.0

/**
 * How a workgroup divides a matrix of sums into a tile: each of its invocations has `rowsEach` rows × four columns of it in registers. The
 * sums' terms go through workgroup memory, `depth` of them at a time.
 */
export interface Tiling {
  /** Invocations side by side, each with four columns. */
  readonly across: number;
  /** Invocations one above the other. */
  readonly down: number;
  readonly rowsEach: number;
  readonly depth: number;
}

export const INVOCATIONS = 64;
const ROWS_EACH = 4;
const DEPTH = 16;

/** As wide a tile as the columns fill, from 8 to 32, so that few of them are computed in vain. */
export function tilingFor(columns: number): Tiling {
  const across = columns <= 8 ? 2 : columns <= 16 ? 4 : 8;
  return {across, down: INVOCATIONS / across, rowsEach: ROWS_EACH, depth: DEPTH};
}

export const tileRows = ({down, rowsEach}: Tiling) => down * rowsEach;
export const tileColumns = ({across}: Tiling) => 4 * across;

/** Lines of WGSL, made for 0 to count − 1. */
export const each = (count: number, line: (index: number) => string) =>
  Array.from({length: count}, (_, index) => line(index)).join('\n      ');

/** The same, between commas. */
export const list = (count: number, item: (index: number) => string) =>
  Array.from({length: count}, (_, index) => item(index)).join(', ');

/**
 * Digits of a number that goes up by a step, where a digit's size is that of its axis: (image, row, column) of the pixels of images of
 * size.x × size.y, for one. No division, of which GPUs make a long sequence.
 */
export const ADVANCE = `
  fn advance(position: vec3<i32>, step: vec3<i32>, size: vec2<i32>) -> vec3<i32> {
    var next = position + step;
    if (next.z >= size.y) {
      next.z -= size.y;
      next.y += 1;
    }
    if (next.y >= size.x) {
      next.y -= size.x;
      next.x += 1;
    }
    return next;
  }
`;

/**
 * Whether a workgroup has no tile: spread over two dimensions, some more run than there are. They are told so when they write, as barriers have to be
 * met by all.
 */
export const IN_VAIN = `
  fn inVain() -> bool {
    return workgroupIndex() >= uniforms.workgroups;
  }
`;

/** The digits of n. */
export const DIGITS = `
  fn digits(n: i32, size: vec2<i32>) -> vec3<i32> {
    let high = n / size.y;
    let image = high / size.x;
    return vec3<i32>(image, high - image * size.x, n - high * size.y);
  }
`;

/** {@link DIGITS}, for the uniforms. */
export function digits(n: number, [rows, columns]: readonly [number, number]): [number, number, number] {
  const high = Math.floor(n / columns);
  return [Math.floor(high / rows), high % rows, n % columns];
}
