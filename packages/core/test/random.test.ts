// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ArgumentError, CounterRandom, deriveSeed, philox4x32, shuffledIndices} from '@addernet/core';

describe('philox4x32', () => {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 with 10 rounds).
  it.each([
    {counter: [0, 0, 0, 0], key: [0, 0], expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]},
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)('answers Random123 for counter $counter', ({counter, key, expected}) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe('deriveSeed', () => {
  it('tells paths apart that look alike', () => {
    const seeds = [
      deriveSeed(0),
      deriveSeed(1),
      deriveSeed(2 ** 32),
      deriveSeed(0, 0),
      deriveSeed(0, '0'),
      deriveSeed(0, ''),
      deriveSeed(0, 'ab'),
      deriveSeed(0, 'a', 'b'),
      deriveSeed(0, 'b', 'a'),
      deriveSeed(0, 'ab\0'),
      deriveSeed(0, 0.5),
      deriveSeed(0, 'a long name that takes more than one block'),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(deriveSeed(0, -0)).toBe(deriveSeed(0, 0));
    for (const seed of seeds) expect(seed).toBe(seed >>> 0);
  });

  it('does not change between versions', () => {
    expect([deriveSeed(7, 'weights', 'conv1'), deriveSeed(7, 3)]).toMatchInlineSnapshot(`
      [
        1695528117,
        4289029300,
      ]
    `);
  });

  it.each([0.5, NaN, Infinity, 2 ** 53])('rejects the seed %s', (seed) => {
    expect(() => deriveSeed(seed)).toThrow(ArgumentError);
  });

  it('rejects a number that is not finite in the path', () => {
    expect(() => deriveSeed(0, 'epoch', NaN)).toThrow(/NaN/);
  });
});

describe('CounterRandom', () => {
  const moments = (draw: () => number, count: number): {mean: number; variance: number} => {
    const values = Array.from({length: count}, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    return {mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count};
  };

  it('repeats itself for the same name and differs for another', () => {
    const draw = (...stream: (string | number)[]): number[] => {
      const random = new CounterRandom(5, ...stream);
      return Array.from({length: 9}, () => random.uint32());
    };
    expect(draw('a', 1)).toEqual(draw('a', 1));
    expect(draw('a', 1)).not.toEqual(draw('a', 2));
    expect(new Set(draw('a')).size).toBe(9);
  });

  it('draws uniform numbers with the moments of the uniform distribution', () => {
    const random = new CounterRandom(1, 'uniform');
    const {mean, variance} = moments(() => random.uniform(), 40_000);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.006); // 4 standard errors
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
  });

  it('draws normal numbers with the moments of the normal distribution', () => {
    const random = new CounterRandom(1, 'normal');
    const {mean, variance} = moments(() => random.normal(), 40_000);
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });

  it('fills arrays with the moments of the normal and the uniform distribution, and with no values beside them', () => {
    const values = new Float32Array(40_003);
    const each = (): (() => number) => {
      let next = 0;
      return () => values[next++] ?? NaN;
    };
    new CounterRandom(1, 'fill').fillNormal(values, 3);
    const normal = moments(each(), values.length);
    expect(Math.abs(normal.mean)).toBeLessThan(0.06); // 4 standard errors
    expect(Math.abs(normal.variance - 9)).toBeLessThan(0.26);
    // Neighbours come of one radius and angle, or of words of one block.
    const products = values.subarray(1).map((value, index) => value * (values[index] ?? NaN));
    expect(Math.abs(products.reduce((sum, value) => sum + value, 0) / products.length)).toBeLessThan(0.18);
    const within = values.filter((value) => Math.abs(value) < 3).length / values.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.01);
    expect(values.every(Number.isFinite)).toBe(true);

    new CounterRandom(1, 'fill').fillUniform(values, -2, 6);
    const uniform = moments(each(), values.length);
    expect(Math.abs(uniform.mean - 2)).toBeLessThan(0.05);
    expect(Math.abs(uniform.variance - 64 / 12)).toBeLessThan(0.1);
    expect(values.every((value) => value >= -2 && value <= 6)).toBe(true);
  });

  it.each([0, 1, 2, 3, 5, 1001])('fills %i values as the beginning of a longer array', (length) => {
    const [short, long] = [new Float32Array(length), new Float32Array(length + 9)];
    new CounterRandom(4, 'a').fillNormal(short);
    new CounterRandom(4, 'a').fillNormal(long);
    expect(short).toEqual(long.subarray(0, length));
    const random = new CounterRandom(4, 'a');
    random.fillNormal(new Float32Array(length));
    // What comes after a filled array is drawn anew, not left over from it.
    const next = random.uint32();
    const from = new CounterRandom(4, 'a');
    for (let word = 0; word < 4 * Math.ceil(length / 4); word++) from.uint32();
    expect(next).toBe(from.uint32());
  });

  it('draws every integer below the bound about as often', () => {
    const random = new CounterRandom(2, 'integer');
    const counts = new Array<number>(7).fill(0);
    for (let draw = 0; draw < 7000; draw++) {
      const value = random.integer(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(7);
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(22.5); // 0.1 % point at 6 degrees of freedom
  });

  it('stays below every bound', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 2 ** 32 - 1}), fc.integer(), (bound, seed) => {
        const value = new CounterRandom(seed).integer(bound);
        return Number.isInteger(value) && value >= 0 && value < bound;
      }),
    );
    expect(new CounterRandom(3).integer(2 ** 32)).toBe(new CounterRandom(3).uint32());
  });

  it.each([0, -1, 1.5, NaN, 2 ** 32 + 1])('rejects the bound %s', (bound) => {
    expect(() => new CounterRandom(0).integer(bound)).toThrow(ArgumentError);
  });
});

describe('shuffledIndices', () => {
  it('is a permutation', () => {
    fc.assert(
      fc.property(fc.nat({max: 200}), fc.integer(), (count, seed) => {
        const sorted = shuffledIndices(count, seed, 'epoch', 1).sort();
        expect([...sorted]).toEqual(Array.from({length: count}, (_, index) => index));
      }),
    );
  });

  it('reaches every order of three about as often', () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = shuffledIndices(3, 9, epoch).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(20.5); // 0.1 % point at 5 degrees of freedom
  });

  it.each([-1, 1.5, 2 ** 31])('rejects the count %s', (count) => {
    expect(() => shuffledIndices(count, 0)).toThrow(ArgumentError);
  });
});
