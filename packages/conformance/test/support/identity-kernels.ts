// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {type EpilogueReference, visitTaps} from '@addernet/core/reference';
import type {ArrayKernels} from './reference-kernels.js';

type Values = ArrayLike<number>;

const f32 = Math.fround;
const at = (values: Values, index: number): number => values[index] ?? NaN;
const add = (sums: Float32Array, index: number, term: number): void => {
  sums[index] = f32(at(sums, index) + f32(term));
};

const xCount = (g: Conv2DGeometry): number => g.batch * g.inHeight * g.inWidth * g.inChannels;
const yCount = (g: Conv2DGeometry): number => g.batch * g.outHeight * g.outWidth * g.outChannels;
const filterCount = (g: Conv2DGeometry): number =>
  g.filterHeight * g.filterWidth * (g.inChannels / g.groups) * g.outChannels;
/** Padding is index −1. */
const padded = (x: Values, index: number): number => (index < 0 ? 0 : at(x, index));

/** −Σ|X − F| = ΣX + ΣF − 2·Σmax(X, F), negated. */
function adder(x: Values, filter: Values, g: Conv2DGeometry): Float32Array {
  const maxima = new Float32Array(yCount(g));
  const xSums = new Float32Array(yCount(g));
  const filterSums = new Float32Array(yCount(g));
  visitTaps(g, (xi, fi, yi) => {
    add(maxima, yi, Math.max(padded(x, xi), at(filter, fi)));
    add(xSums, yi, padded(x, xi));
    add(filterSums, yi, at(filter, fi));
  });
  return maxima.map((sum, index) => f32(f32(at(xSums, index) + at(filterSums, index)) - 2 * sum));
}

function conv(x: Values, filter: Values, g: Conv2DGeometry): Float32Array {
  const y = new Float32Array(yCount(g));
  visitTaps(g, (xi, fi, yi) => add(y, yi, padded(x, xi) * at(filter, fi)));
  return y;
}

/** Four roundings: the product, two sums, and none in the clamping. */
function epilogue(
  sums: Float32Array,
  {outChannels}: Conv2DGeometry,
  {scale, offset, residual, activation}: EpilogueReference,
): Float32Array {
  return sums.map((sum, index) => {
    const channel = index % outChannels;
    const shifted = f32(f32(sum * at(scale, channel)) + at(offset, channel));
    const y = residual === undefined ? shifted : f32(shifted + at(residual, index));
    const positive = activation === 'linear' ? y : Math.max(y, 0);
    return activation === 'relu6' ? Math.min(positive, 6) : positive;
  });
}

/**
 * The formulas that fast kernels use, in float32 throughout, with the terms in the order of the taps: what the error bounds have to admit.
 * Infinities are not looked after, as the rule on error bounds does not need it.
 */
export const identityKernels: Partial<ArrayKernels> = {
  adder,

  /** ΣdY·HT(F − X) = ΣdY·clamp(F, X − 1, X + 1) − X·ΣdY; ΣdY·(F − X) = ΣdY·F − X·ΣdY. */
  adderBackpropInput(x, filter, dy, g, kind) {
    const products = new Float32Array(xCount(g));
    const dySums = new Float32Array(xCount(g));
    visitTaps(g, (xi, fi, yi) => {
      if (xi < 0) return;
      const [value, weight] = [at(x, xi), at(filter, fi)];
      if (kind === 'sign') {
        add(products, xi, at(dy, yi) * Math.sign(weight - value));
        return;
      }
      const clamped = kind === 'hard-tanh' ? Math.min(f32(value + 1), Math.max(f32(value - 1), weight)) : weight;
      add(products, xi, at(dy, yi) * clamped);
      add(dySums, xi, at(dy, yi));
    });
    return kind === 'sign'
      ? products
      : products.map((product, index) => f32(product - f32(at(x, index) * at(dySums, index))));
  },

  /** ΣdY·(X − F) = ΣdY·X − F·ΣdY. */
  adderBackpropFilter(x, filter, dy, g, kind) {
    const products = new Float32Array(filterCount(g));
    const dySums = new Float32Array(filterCount(g));
    visitTaps(g, (xi, fi, yi) => {
      const slope = kind === 'sign' ? Math.sign(padded(x, xi) - at(filter, fi)) : padded(x, xi);
      add(products, fi, at(dy, yi) * slope);
      if (kind !== 'sign') add(dySums, fi, at(dy, yi));
    });
    return products.map((product, index) => f32(product - f32(at(filter, index) * at(dySums, index))));
  },

  conv,

  fusedAdder: (x, filter, g, rest) => epilogue(adder(x, filter, g), g, rest),

  /** The scale folded into the filter. */
  fusedConv: (x, filter, g, rest) => {
    const scaled = Float32Array.from(filter, (value, index) => value * at(rest.scale, index % g.outChannels));
    return epilogue(conv(x, scaled, g), g, {...rest, scale: new Float32Array(g.outChannels).fill(1)});
  },

  /** y = x·a + b. */
  batchNormInference(x, mean, variance, scale, offset, _rows, channels, epsilon) {
    const factor = Float32Array.from(variance, (value, channel) =>
      f32(at(scale, channel) / f32(Math.sqrt(f32(value + epsilon)))),
    );
    const shift = factor.map((a, channel) => f32(at(offset, channel) - f32(at(mean, channel) * a)));
    return Float32Array.from(x, (value, index) =>
      f32(f32(value * at(factor, index % channels)) + at(shift, index % channels)),
    );
  },

  /** Welford's recurrence, and y = x·a + b with mean and scale folded into a and b. */
  batchNorm(x, scale, offset, rows, channels, epsilon) {
    const mean = new Float32Array(channels).fill(rows === 0 ? NaN : 0);
    const squares = new Float32Array(channels).fill(rows === 0 ? NaN : 0);
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = at(x, row * channels + channel);
        const before = f32(value - at(mean, channel));
        mean[channel] = f32(at(mean, channel) + f32(before / (row + 1)));
        add(squares, channel, before * f32(value - at(mean, channel)));
      }
    }
    const variance = squares.map((sum) => f32(sum / rows));
    const factor = variance.map((value, channel) => f32(at(scale, channel) / f32(Math.sqrt(f32(value + epsilon)))));
    const shift = factor.map((a, channel) => f32(at(offset, channel) - f32(at(mean, channel) * a)));
    const y = Float32Array.from(x, (value, index) =>
      f32(f32(value * at(factor, index % channels)) + at(shift, index % channels)),
    );
    return {y, mean, variance};
  },

  /** Σdy·x̂ = (Σdy·x − mean·Σdy)/σ, and dx = a·dy + b·x + c. */
  batchNormGrad(dy, x, mean, variance, scale, rows, channels, epsilon) {
    const dOffset = new Float32Array(channels);
    // Without rows the mean is NaN, and 0·NaN no sum over nothing.
    if (rows === 0) return {dx: dOffset.slice(0, 0), dScale: dOffset, dOffset};
    const products = new Float32Array(channels);
    for (let index = 0; index < x.length; index++) {
      add(dOffset, index % channels, at(dy, index));
      add(products, index % channels, at(dy, index) * at(x, index));
    }
    const inverse = Float32Array.from(variance, (value) => 1 / Math.sqrt(f32(value + epsilon)));
    const dScale = products.map((sum, channel) =>
      f32(f32(sum - f32(at(mean, channel) * at(dOffset, channel))) * at(inverse, channel)),
    );
    const a = inverse.map((value, channel) => f32(value * at(scale, channel)));
    const b = a.map((value, channel) => f32((-value * at(inverse, channel) * at(dScale, channel)) / rows));
    const c = a.map((value, channel) =>
      f32(-f32(at(b, channel) * at(mean, channel)) - f32((value * at(dOffset, channel)) / rows)),
    );
    const dx = Float32Array.from(dy, (value, index) => {
      const channel = index % channels;
      return f32(f32(f32(at(a, channel) * value) + f32(at(b, channel) * at(x, index))) + at(c, channel));
    });
    return {dx, dScale, dOffset};
  },
};
