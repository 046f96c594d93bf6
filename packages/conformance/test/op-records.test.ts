// SPDX-License-Identifier: Apache-2.0
import {CounterRandom, KERNEL_NAMES} from '@addernet/core';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  generateCases,
  opRecords,
  sumBound,
  TOLERANCE_FACTOR,
  UNIT_ROUNDOFF,
  type ConformanceCase,
} from '../src/index.js';

const largest = (values: ArrayLike<number>): number => Math.max(0, ...Array.from(values, Math.abs));

describe('op records', () => {
  it('name every kernel of core once', () => {
    expect(opRecords.flatMap(({kernels}) => kernels)).toEqual(KERNEL_NAMES);
  });

  it.each(opRecords)('$name: case ids are unique, and the same in every run', (record) => {
    const ids = generateCases(record).map(({id}) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(generateCases(record).map(({id}) => id)).toEqual(ids);
    expect(ids.every((id) => id.startsWith(`${record.name}/`))).toBe(true);
  });

  it.each(opRecords)('$name: the seed decides random shapes and values', (record) => {
    const [first] = generateCases(record, {filter: '*/random-0*'});
    const [again] = generateCases(record, {filter: '*/random-0*'});
    const [other] = generateCases(record, {filter: '*/random-0*', seed: 2});
    expect(again?.inputs).toEqual(first?.inputs);
    expect(again?.values('random', 1)).toEqual(first?.values('random', 1));
    expect(other?.inputs).not.toEqual(first?.inputs);
    expect(first?.values('random', 1)).not.toEqual(first?.values('random', 2));
  });

  it.each(opRecords)('$name: tolerances and gradients are written down for every quantity', (record) => {
    const quantities = [
      ...record.outputs.map(({name}) => `output ${name}`),
      ...Object.keys(record.gradients).map((name) => `gradient of ${name}`),
    ];
    expect(Object.keys(record.tolerance).sort()).toEqual([...quantities].sort());
    const inputs = record.inputs.map(({name}) => name);
    expect(Object.keys(record.gradients)).toEqual(record.name.startsWith('Fused') ? [] : inputs);
  });

  it.each(opRecords)('$name: references and bounds have the shapes that the case says', (record) => {
    for (const testCase of generateCases(record, {filter: ({id}) => !id.endsWith('/sign/sign')})) {
      const {inputs, dy} = testCase.values('random', 1);
      const sizes = (specs: ConformanceCase['inputs']) => specs.map(({shape}) => shape.reduce((a, b) => a * b, 1));
      const lengths = (arrays: readonly ArrayLike<number>[]) => arrays.map(({length}) => length);
      expect(lengths(inputs)).toEqual(sizes(testCase.inputs));
      expect(lengths(testCase.reference(inputs))).toEqual(sizes(testCase.outputs));
      expect(lengths(testCase.bounds(inputs))).toEqual(sizes(testCase.outputs));
      const differentiable = testCase.inputs.slice(0, testCase.gradientKinds.length);
      expect(differentiable.map(({name}) => name)).toEqual(Object.keys(record.gradients));
      expect(lengths(testCase.referenceGradients(inputs, dy))).toEqual(sizes(differentiable));
      expect(lengths(testCase.gradientBounds(inputs, dy))).toEqual(sizes(differentiable));
    }
  });

  it.each(opRecords)('$name: no sum of dyadic inputs can round in float32', (record) => {
    const exact = (quantity: string, testCase: ConformanceCase) => testCase.bitExact.some((name) => name === quantity);
    for (const testCase of generateCases(record, {filter: ({id}) => !id.endsWith('/sign/sign')})) {
      const {inputs, dy} = testCase.values('dyadic', 1);
      const bounds = [...testCase.bounds(inputs), ...testCase.gradientBounds(inputs, dy)];
      const names = [
        ...testCase.outputs.map(({name}) => `output ${name}`),
        ...testCase.inputs.map(({name}) => `gradient of ${name}`),
      ];
      names.forEach((quantity, index) => {
        if (!exact(quantity, testCase)) return;
        // The bound holds the sum of magnitudes, times c·u·√n ≥ c·u. All terms are multiples of 1/64; twice the sum covers identities.
        const magnitude = largest(bounds[index] ?? []) / (TOLERANCE_FACTOR * UNIT_ROUNDOFF);
        expect(2 * magnitude * 64, `${testCase.id} ${quantity}`).toBeLessThan(2 ** 24);
      });
    }
  });

  it('cover the tile edges: channels, batches, all pairs of surrogates', () => {
    const adder = opRecords.find(({name}) => name === 'AdderConv2D');
    const cases = adder?.edgeCases() ?? [];
    const shapesOf = (input: number, axis: number) => new Set(cases.map(({inputs}) => inputs[input]?.shape.at(axis)));
    for (const channels of [1, 3, 4, 5, 7, 8, 9, 16, 17]) {
      expect(shapesOf(0, -1)).toContain(channels);
      expect(shapesOf(1, -1)).toContain(channels);
    }
    for (const batch of [0, 1, 3]) expect(shapesOf(0, -4)).toContain(batch);
    const pairs = new Set(
      cases.map(({attributes}) => `${attributes['inputGradient']} ${attributes['filterGradient']}`),
    );
    expect(pairs.size).toBe(6);
  });

  it('random convolutions always have an output, and geometry that fits', () => {
    const adder = opRecords[0];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const testCase = adder?.randomCase('fuzz', new CounterRandom(seed, 'test'));
        expect(testCase?.outputs[0]?.shape.every((size) => size > 0)).toBe(true);
      }),
      {numRuns: 200},
    );
  });
});

describe('the error bound', () => {
  it('holds for float32 sums in order, and is not generous', () => {
    // 300 sums of 576 terms: the worst error stays under the bound, and above a hundredth of it.
    const terms = 576;
    let worst = 0;
    for (let run = 0; run < 300; run++) {
      const random = new CounterRandom(run, 'sum');
      let single = 0;
      let double = 0;
      let magnitude = 0;
      for (let term = 0; term < terms; term++) {
        const x = Math.fround(random.normal());
        const filter = Math.fround(random.normal());
        single = Math.fround(single - Math.fround(Math.abs(Math.fround(x - filter))));
        double -= Math.abs(x - filter);
        magnitude += Math.abs(x) + Math.abs(filter);
      }
      worst = Math.max(worst, Math.abs(single - double) / sumBound(terms, magnitude));
    }
    expect(worst).toBeLessThan(0.5);
    expect(worst).toBeGreaterThan(0.01);
  });
});
