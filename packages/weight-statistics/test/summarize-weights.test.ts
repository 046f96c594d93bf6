// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {summarizeWeights} from '../src/index.js';

/** Numbers in (0, 1) from a fixed seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (((value ^ (value >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

const SIZE = 20_000;

function gaussianSample(mean: number, deviation: number): Float32Array {
  const random = uniform(1);
  return Float32Array.from(
    {length: SIZE},
    () => mean + deviation * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
}

function laplaceSample(median: number, scale: number): Float32Array {
  const random = uniform(2);
  return Float32Array.from({length: SIZE}, () => {
    const value = random() - 0.5;
    return median - scale * Math.sign(value) * Math.log(1 - 2 * Math.abs(value));
  });
}

/** Mean log density, from the definitions. */
const gaussianLogLikelihood = (values: ArrayLike<number>, mean: number, deviation: number): number =>
  Array.from(values).reduce(
    (sum, value) =>
      sum + Math.log(Math.exp(-((value - mean) ** 2) / (2 * deviation ** 2)) / (deviation * Math.sqrt(2 * Math.PI))),
    0,
  ) / values.length;
const laplaceLogLikelihood = (values: ArrayLike<number>, median: number, scale: number): number =>
  Array.from(values).reduce(
    (sum, value) => sum + Math.log(Math.exp(-Math.abs(value - median) / scale) / (2 * scale)),
    0,
  ) / values.length;

describe('summarizeWeights', () => {
  it('finds a Gaussian sample nearer to a Gaussian, and its parameters', () => {
    const {gaussian, laplace} = summarizeWeights(gaussianSample(0.25, 0.5));
    expect(gaussian?.mean).toBeCloseTo(0.25, 1);
    expect(gaussian?.standardDeviation).toBeCloseTo(0.5, 1);
    expect(gaussian?.logLikelihood).toBeGreaterThan((laplace?.logLikelihood ?? NaN) + 0.03);
  });

  it('finds a Laplace sample nearer to a Laplace distribution, and its parameters', () => {
    const {gaussian, laplace} = summarizeWeights(laplaceSample(-0.5, 0.2));
    expect(laplace?.median).toBeCloseTo(-0.5, 2);
    expect(laplace?.scale).toBeCloseTo(0.2, 2);
    expect(laplace?.logLikelihood).toBeGreaterThan((gaussian?.logLikelihood ?? NaN) + 0.03);
  });

  it('has the likelihoods that the densities give, and no parameters nearby give higher ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({min: -3, max: 3, noNaN: true}), {minLength: 3, maxLength: 40}),
        fc.double({min: -0.2, max: 0.2, noNaN: true}),
        fc.double({min: 0.8, max: 1.25, noNaN: true}),
        (values, shift, factor) => {
          const {gaussian, laplace} = summarizeWeights(values);
          fc.pre(gaussian !== undefined && laplace !== undefined && laplace.scale > 1e-2);
          if (gaussian === undefined || laplace === undefined) return;
          const {mean, standardDeviation} = gaussian;
          expect(gaussian.logLikelihood).toBeCloseTo(gaussianLogLikelihood(values, mean, standardDeviation), 8);
          expect(laplace.logLikelihood).toBeCloseTo(laplaceLogLikelihood(values, laplace.median, laplace.scale), 8);
          expect(gaussianLogLikelihood(values, mean + shift, standardDeviation * factor)).toBeLessThanOrEqual(
            gaussian.logLikelihood + 1e-9,
          );
          expect(laplaceLogLikelihood(values, laplace.median + shift, laplace.scale * factor)).toBeLessThanOrEqual(
            laplace.logLikelihood + 1e-9,
          );
        },
      ),
    );
  });

  it('leaves out what is not finite, and says how much that is', () => {
    expect(summarizeWeights([1, NaN, 3, -Infinity])).toMatchObject({
      count: 2,
      nonFinite: 2,
      mean: 2,
      standardDeviation: 1,
      minimum: 1,
      maximum: 3,
    });
  });

  it('fits nothing to equal values, or to none', () => {
    expect(summarizeWeights([0.5, 0.5])).toEqual({
      count: 2,
      nonFinite: 0,
      mean: 0.5,
      standardDeviation: 0,
      minimum: 0.5,
      maximum: 0.5,
    });
    expect(summarizeWeights([NaN])).toEqual({
      count: 0,
      nonFinite: 1,
      mean: 0,
      standardDeviation: 0,
      minimum: 0,
      maximum: 0,
    });
  });
});
