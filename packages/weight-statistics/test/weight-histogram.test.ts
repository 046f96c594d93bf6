// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {histogramEdges, weightHistogram} from '../src/index.js';

describe('weightHistogram', () => {
  it('counts in bins of equal width, the last with its upper edge', () => {
    const histogram = weightHistogram([0, 0.1, 1, 1.9, 2, 3.5, 4], 4);
    expect(histogram).toEqual({minimum: 0, maximum: 4, counts: [2, 2, 1, 2]});
    expect(histogramEdges(histogram)).toEqual([0, 1, 2, 3, 4]);
  });

  it('counts every finite value once, between edges that rise', () => {
    fc.assert(
      fc.property(fc.array(fc.float(), {maxLength: 50}), fc.integer({min: 1, max: 20}), (values, bins) => {
        const finite = values.filter((value) => Number.isFinite(value));
        const histogram = weightHistogram(values, bins);
        expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(finite.length);
        if (finite.length === 0) return;
        expect(histogram.minimum).toBe(Math.min(...finite) + 0);
        expect(histogram.maximum).toBe(Math.max(...finite) + 0);
        const edges = histogramEdges(histogram);
        expect(edges).toHaveLength(histogram.counts.length + 1);
        expect(edges[0]).toBe(histogram.minimum);
        expect(edges.at(-1)).toBe(histogram.maximum);
        edges.slice(1).forEach((edge, index) => expect(edge).toBeGreaterThanOrEqual(edges[index] ?? NaN));
      }),
    );
  });

  it('has one bin for equal values and none for no values', () => {
    expect(weightHistogram([2, 2, 2])).toEqual({minimum: 2, maximum: 2, counts: [3]});
    expect(weightHistogram([NaN, Infinity])).toEqual({minimum: 0, maximum: 0, counts: []});
    expect(histogramEdges(weightHistogram([]))).toEqual([]);
    expect(weightHistogram([-0])).toEqual({minimum: 0, maximum: 0, counts: [1]});
    expect(weightHistogram([-1, -0], 1)).toEqual({minimum: -1, maximum: 0, counts: [2]});
  });

  it.each([0, -1, 1.5, NaN])('refuses %s bins', (bins) => {
    expect(() => weightHistogram([1], bins)).toThrow(RangeError);
  });
});
