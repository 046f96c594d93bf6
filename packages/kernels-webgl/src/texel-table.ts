// SPDX-License-Identifier: Apache-2.0
import {WebglTextureSizeError} from './errors.js';

/**
 * A table of texels, laid out in a texture as rows of 2^shift entries each, so that shaders find an entry without a division: entry n begins
 * at column (n mod 2^shift)·texels of row ⌊n / 2^shift⌋.
 */
export interface TexelTable {
  /** Texels of an entry. */
  readonly texels: number;
  readonly shift: number;
  /** [rows, columns] of the texture, in texels. */
  readonly textureShape: readonly [number, number];
}

/**
 * The table that comes closest to a square: GPUs and their caches work on small squares of a texture.
 *
 * @throws WebglTextureSizeError when no texture of the device can hold it
 */
export function texelTable(what: string, entries: number, texels: number, maxSize: number): TexelTable {
  let shift = 0;
  while (texels * 2 ** (shift + 1) <= maxSize && texels * 2 ** (shift + 1) <= Math.ceil(entries / 2 ** shift)) shift++;
  const textureShape = [Math.max(1, Math.ceil(entries / 2 ** shift)), texels * 2 ** shift] as const;
  if (Math.max(...textureShape) <= maxSize) return {texels, shift, textureShape};
  throw tooLarge(`${what} needs a table of ${entries} × ${texels} texels`, maxSize);
}

/** @throws WebglTextureSizeError when a tensor in TF.js's packed layout, which may be of any number of rows and columns of texels, does not fit into a texture */
export function requireTexture(shape: readonly number[], maxSize: number): void {
  const texels = shape.reduce(
    (product, size, axis) => product * (axis < shape.length - 2 ? size : Math.ceil(size / 2)),
    1,
  );
  if (texels > maxSize ** 2) throw tooLarge(`a result of shape [${shape.join(', ')}] needs ${texels} texels`, maxSize);
}

function tooLarge(what: string, maxSize: number): WebglTextureSizeError {
  return new WebglTextureSizeError(
    `${what}, which textures of up to ${maxSize} × ${maxSize} texels on this device (WEBGL_MAX_TEXTURE_SIZE) cannot hold; ` +
      "use a smaller batch or smaller images, or the backend 'wasm'",
  );
}

/** What shaders are told about a table: {@link TABLE_GLSL}. */
export function tableUniform({texels, shift}: TexelTable): readonly [number, number, number] {
  return [2 ** shift - 1, shift, texels];
}
