// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {WebglTextureSizeError} from '../src/index.js';
import {tableUniform, texelTable} from '../src/texel-table.js';

/** Where the shaders find the first texel of an entry: the prelude's tableEntry. */
function entryPosition(n: number, [mask, shift, texels]: readonly number[]): [number, number] {
  return [(n & mask) * texels, n >> shift];
}

describe('a table of texels', () => {
  it('has every entry in the texture, and no two in one place', () => {
    const sizes = fc.tuple(fc.integer({min: 1, max: 3000}), fc.integer({min: 1, max: 40}));
    fc.assert(
      fc.property(sizes, fc.integer({min: 64, max: 512}), ([entries, texels], maxSize) => {
        const table = texelTable(
          'test',
          entries,
          texels,
          Math.max(maxSize, Math.ceil(Math.sqrt(4 * entries * texels))),
        );
        const [rows, columns] = table.textureShape;
        const places = new Set<string>();
        let outside = 0;
        for (let n = 0; n < entries; n++) {
          const [x, y] = entryPosition(n, tableUniform(table));
          if (x < 0 || x + texels > columns || y < 0 || y >= rows) outside++;
          places.add(`${x},${y}`);
        }
        expect(outside).toBe(0);
        expect(places.size).toBe(entries);
      }),
    );
  });

  it('is near a square where its entries allow it', () => {
    expect(texelTable('test', 4096, 4, 8192).textureShape).toEqual([128, 128]);
    expect(texelTable('test', 10, 8192, 8192).textureShape).toEqual([10, 8192]);
  });

  it('that no texture can hold is refused, with what it is and what can be done', () => {
    expect(() => texelTable('AdderConv2D: x', 1 << 20, 128, 4096)).toThrow(WebglTextureSizeError);
    expect(() => texelTable('AdderConv2D: x', 1 << 20, 128, 4096)).toThrow(
      /AdderConv2D: x needs a table of 1048576 × 128 texels, .*4096 × 4096.*use a smaller batch/,
    );
    expect(() => texelTable('test', 1, 4097, 4096)).toThrow(WebglTextureSizeError);
  });
});
