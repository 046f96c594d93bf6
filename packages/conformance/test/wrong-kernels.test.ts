// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import type {Conv2DGeometry} from '@addernet/core';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {runConformance, type ConformanceCase, type OpName, type RuleName} from '../src/index.js';
import {correctKernels, registerArrayKernels, type ArrayKernels} from './support/reference-kernels.js';
import {removeThrowAwayBackend, startThrowAwayBackend} from './support/throw-away-backend.js';

type Values = ArrayLike<number>;
type Change = (g: Conv2DGeometry) => Conv2DGeometry;

const at = (values: Values, index: number): number => values[index] ?? NaN;
const map = (values: Values, change: (value: number, index: number) => number): Float64Array =>
  Float64Array.from({length: values.length}, (_, index) => change(at(values, index), index));
const zeros = (values: Values): Float64Array => new Float64Array(values.length);
const ones = (values: Values): Float64Array => new Float64Array(values.length).fill(1);

/** All three adder kernels with a geometry that is not the one given. */
function adderWith(change: Change): Partial<ArrayKernels> {
  return {
    adder: (x, filter, g) => correctKernels.adder(x, filter, change(g)),
    adderBackpropInput: (x, filter, dy, g, kind) => correctKernels.adderBackpropInput(x, filter, dy, change(g), kind),
    adderBackpropFilter: (x, filter, dy, g, kind) => correctKernels.adderBackpropFilter(x, filter, dy, change(g), kind),
  };
}

function convWith(change: Change): Partial<ArrayKernels> {
  return {
    conv: (x, filter, g) => correctKernels.conv(x, filter, change(g)),
    convBackpropInput: (filter, dy, g) => correctKernels.convBackpropInput(filter, dy, change(g)),
    convBackpropFilter: (x, dy, g) => correctKernels.convBackpropFilter(x, dy, change(g)),
  };
}

const shiftedPadding: Change = (g) => ({...g, padTop: g.padTop + 1, padBottom: g.padBottom - 1});
const swappedStrides: Change = (g) => ({...g, strideHeight: g.strideWidth, strideWidth: g.strideHeight});
const noDilation: Change = (g) => ({...g, dilationHeight: 1, dilationWidth: 1});
const swappedPadding: Change = (g) => ({...g, padLeft: g.padRight, padRight: g.padLeft});

/** x or filter without its last input channel. */
const dropLast = (values: Values, channels: number, inner = 1): Float64Array =>
  map(values, (value, index) => (Math.floor(index / inner) % channels === channels - 1 ? 0 : value));

const onlyFirstImage = (values: Values, batch: number): Float64Array =>
  map(values, (value, index) => (index * batch < values.length ? value : 0));

/** float32 E[x²] − E[x]² per channel, clamped at 0. */
function onePassVariance(x: Values, rows: number, channels: number): Float64Array {
  return Float64Array.from({length: channels}, (_, channel) => {
    let sum = 0;
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = at(x, row * channels + channel);
      sum = Math.fround(sum + value);
      squares = Math.fround(squares + Math.fround(value * value));
    }
    const mean = Math.fround(sum / rows);
    return Math.max(0, Math.fround(Math.fround(squares / rows) - Math.fround(mean * mean)));
  });
}

/** y of batch normalisation with given statistics. */
function normalize(x: Values, mean: Values, factor: (channel: number) => number, offset: Values): Float64Array {
  return map(x, (value, index) => {
    const channel = index % mean.length;
    return (value - at(mean, channel)) * factor(channel) + at(offset, channel);
  });
}

type Fused = ArrayKernels['fusedAdder'];

/** Both fused kernels with another epilogue than the one asked for. */
function fusedWith(change: (epilogue: Parameters<Fused>[3], g: Conv2DGeometry) => Parameters<Fused>[3]) {
  return {
    fusedAdder: (...[x, filter, g, epilogue]: Parameters<Fused>) =>
      correctKernels.fusedAdder(x, filter, g, change(epilogue, g)),
    fusedConv: (...[x, filter, g, epilogue]: Parameters<Fused>) =>
      correctKernels.fusedConv(x, filter, g, change(epilogue, g)),
  };
}

/** What goes wrong in an epilogue, and in which cases it must show. */
const wrongEpilogues: readonly Omit<Mutant, 'op' | 'caughtBy'>[] = [
  {
    name: 'no residual added',
    kernels: fusedWith(({scale, offset, activation}) => ({scale, offset, activation})),
    inCase: /valid\/.*\/residual/u,
  },
  {
    name: 'residual behind the activation',
    kernels: (() => {
      const behind =
        (right: Fused): Fused =>
        (x, filter, g, {residual, ...epilogue}) =>
          map(
            right(x, filter, g, epilogue),
            (value, index) => value + (residual === undefined ? 0 : at(residual, index)),
          );
      return {fusedAdder: behind(correctKernels.fusedAdder), fusedConv: behind(correctKernels.fusedConv)};
    })(),
    inCase: /valid\/relu6?\/residual/u,
  },
  {
    name: 'residual of the first image for all',
    kernels: fusedWith(({residual, ...epilogue}, g) => {
      if (residual === undefined) return epilogue;
      const image = residual.length / Math.max(g.batch, 1);
      return {...epilogue, residual: map(residual, (_, index) => at(residual, index % image))};
    }),
    inCase: /\/groups-2-valid\/.*\/residual/u,
  },
  {
    name: 'activation left out',
    kernels: fusedWith((epilogue) => ({...epilogue, activation: 'linear'})),
    inCase: /D\/(groups-2-)?valid\/relu/u,
  },
  {
    name: 'relu6 taken for relu',
    kernels: fusedWith((epilogue) => (epilogue.activation === 'relu6' ? {...epilogue, activation: 'relu'} : epilogue)),
    inCase: /\/stride-2x1\/relu6/u,
  },
  {
    name: 'scale left out',
    kernels: fusedWith((epilogue) => ({...epilogue, scale: ones(epilogue.scale)})),
    inCase: /valid\/linear/u,
  },
  {
    name: 'offset before the scale',
    kernels: fusedWith((epilogue) => ({
      ...epilogue,
      offset: map(epilogue.offset, (value, channel) => value * at(epilogue.scale, channel)),
    })),
    inCase: /valid\/linear/u,
  },
  {
    name: 'scales of the first group for all',
    kernels: fusedWith((epilogue, g) => ({
      ...epilogue,
      scale: map(epilogue.scale, (_, channel) => at(epilogue.scale, channel % (g.outChannels / g.groups))),
    })),
    inCase: /\/groups-2-valid\/linear/u,
  },
];

interface Mutant {
  readonly name: string;
  readonly op: OpName;
  readonly kernels: Partial<ArrayKernels>;
  /** Every one of these must catch it. */
  readonly caughtBy: readonly RuleName[];
  /** Surrogates to run, for speed. Default: the default ones. */
  readonly surrogates?: string;
  /** Cases to run, all of which are to fail. Default: the sample cases, of which one is to fail. */
  readonly inCase?: RegExp;
  /** What is to fail in them. */
  readonly quantity?: RegExp;
}

const accuracy: readonly RuleName[] = ['error-bound', 'bit-equality'];

const fusedMutants: readonly Mutant[] = (['FusedAdderConv2D', 'FusedGroupedConv2D'] as const).flatMap((op) =>
  wrongEpilogues.map((mutant) => ({...mutant, op, caughtBy: accuracy})),
);

const mutants: readonly Mutant[] = [
  {name: 'padding off by one', op: 'AdderConv2D', kernels: adderWith(shiftedPadding), caughtBy: accuracy},
  {
    name: 'left and right padding swapped',
    op: 'AdderConv2D',
    kernels: adderWith(swappedPadding),
    caughtBy: accuracy,
    inCase: /pad-top-and-right/u,
  },
  {
    name: 'strides swapped',
    op: 'AdderConv2D',
    kernels: adderWith(swappedStrides),
    caughtBy: accuracy,
    inCase: /stride-2x1/u,
  },
  {
    name: 'dilation ignored',
    op: 'AdderConv2D',
    kernels: adderWith(noDilation),
    caughtBy: accuracy,
    inCase: /dilation-2/u,
  },
  {
    name: 'wrong sign',
    op: 'AdderConv2D',
    kernels: {adder: (x, filter, g) => map(correctKernels.adder(x, filter, g), (value) => -value)},
    caughtBy: accuracy,
    quantity: /output y/u,
  },
  {
    name: 'padding neutral in the forward pass',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) => {
        // −Σ|F| over all taps, and Σ|F| over those inside x: what is left is the padded taps' share.
        const all = correctKernels.adder(zeros(x), filter, g);
        const inside = correctKernels.conv(ones(x), map(filter, Math.abs), g);
        return map(correctKernels.adder(x, filter, g), (value, index) => value - at(all, index) - at(inside, index));
      },
    },
    caughtBy: accuracy,
    quantity: /output y/u,
  },
  {
    name: 'padding neutral in the filter gradient',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropFilter: (x, filter, dy, g, kind) => {
        const right = correctKernels.adderBackpropFilter(x, filter, dy, g, kind);
        if (kind === 'sign') return right;
        const all = correctKernels.adderBackpropFilter(zeros(x), filter, dy, g, kind);
        const inside = correctKernels.convBackpropFilter(ones(x), dy, g);
        return map(right, (value, index) => value - at(all, index) - at(inside, index) * at(filter, index));
      },
    },
    caughtBy: accuracy,
    quantity: /gradient of filter/u,
  },
  {
    name: 'filter gradient without −F·ΣdY',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropFilter: (x, filter, dy, g, kind) =>
        kind === 'sign'
          ? correctKernels.adderBackpropFilter(x, filter, dy, g, kind)
          : correctKernels.convBackpropFilter(x, dy, g),
    },
    caughtBy: accuracy,
    quantity: /gradient of filter/u,
  },
  {
    name: 'hard-tanh that clamps at 2',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropInput: (x, filter, dy, g, kind) =>
        kind === 'hard-tanh'
          ? map(
              correctKernels.adderBackpropInput(
                map(x, (value) => value / 2),
                map(filter, (value) => value / 2),
                dy,
                g,
                kind,
              ),
              (value) => 2 * value,
            )
          : correctKernels.adderBackpropInput(x, filter, dy, g, kind),
    },
    caughtBy: accuracy,
    quantity: /gradient of x/u,
  },
  {
    name: 'input gradient of the wrong sign',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropInput: (x, filter, dy, g, kind) =>
        map(correctKernels.adderBackpropInput(x, filter, dy, g, kind), (value) => -value),
    },
    caughtBy: [...accuracy, 'finite-differences', 'single-gradient'],
    surrogates: '/sign/sign',
    quantity: /gradient of x/u,
  },
  {
    name: 'sgn(0) = 1',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropFilter: (x, filter, dy, g, kind) =>
        kind === 'full-precision'
          ? correctKernels.adderBackpropFilter(x, filter, dy, g, kind)
          : correctKernels.adderBackpropFilter(
              x,
              map(filter, (value) => value - 2 ** -20),
              dy,
              g,
              kind,
            ),
    },
    caughtBy: ['bit-equality'],
    surrogates: '/sign/sign',
    quantity: /gradient of filter/u,
  },
  {
    name: 'surrogate attribute ignored',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropInput: (x, filter, dy, g) => correctKernels.adderBackpropInput(x, filter, dy, g, 'hard-tanh'),
    },
    caughtBy: accuracy,
    surrogates: '/full-precision/full-precision',
    quantity: /gradient of x/u,
  },
  {
    name: 'last input channel dropped beyond a tile of four',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) =>
        g.inChannels % 4 === 1 && g.inChannels > 4 && g.groups === 1
          ? correctKernels.adder(dropLast(x, g.inChannels), dropLast(filter, g.inChannels, g.outChannels), g)
          : correctKernels.adder(x, filter, g),
    },
    caughtBy: accuracy,
    inCase: /channels-(5|9|17)-to/u,
  },
  {
    name: 'images after the first ignored',
    op: 'AdderConv2D',
    kernels: {adder: (x, filter, g) => onlyFirstImage(correctKernels.adder(x, filter, g), g.batch)},
    caughtBy: accuracy,
    inCase: /batch-3/u,
  },
  {
    name: 'images after the first ignored by the filter gradient',
    op: 'AdderConv2D',
    kernels: {
      adderBackpropFilter: (x, filter, dy, g, kind) =>
        correctKernels.adderBackpropFilter(x, filter, onlyFirstImage(dy, g.batch), g, kind),
    },
    caughtBy: accuracy,
    inCase: /batch-3/u,
    quantity: /gradient of filter/u,
  },
  {
    name: 'second group reads the first one’s channels',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) => {
        const perGroup = g.inChannels / g.groups;
        const firstGroup = map(x, (_, index) => {
          const channel = index % g.inChannels;
          return at(x, index - channel + (channel % perGroup));
        });
        return correctKernels.adder(firstGroup, filter, g);
      },
    },
    caughtBy: accuracy,
    inCase: /groups-2/u,
  },
  {
    name: 'sums in half precision',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) =>
        map(correctKernels.adder(x, filter, g), (value) => {
          const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
          return value === 0 ? 0 : Math.round(value / unit) * unit;
        }),
    },
    caughtBy: ['error-bound'],
  },
  {
    name: 'one unit in the last place, twice',
    op: 'AdderConv2D',
    kernels: {adder: (x, filter, g) => map(correctKernels.adder(x, filter, g), (value) => value * (1 - 2 ** -22))},
    caughtBy: ['bit-equality'],
  },
  {
    name: 'infinity turned into NaN, as the max identity does',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) =>
        map(correctKernels.adder(x, filter, g), (value) => (Number.isFinite(value) ? value : NaN)),
    },
    caughtBy: ['non-finite'],
    quantity: /output y, [+-]Infinity in/u,
  },
  {
    name: 'NaN lost, as by a maximum that prefers numbers',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) =>
        correctKernels.adder(
          map(x, (value) => (Number.isNaN(value) ? 0 : value)),
          map(filter, (value) => (Number.isNaN(value) ? 0 : value)),
          g,
        ),
    },
    caughtBy: ['non-finite'],
    quantity: /output y, NaN in/u,
  },
  {
    name: 'NaN spread over the whole output',
    op: 'AdderConv2D',
    kernels: {
      adder: (x, filter, g) => {
        const y = correctKernels.adder(x, filter, g);
        return Array.from(y).some((value) => Number.isNaN(value)) ? map(y, () => NaN) : y;
      },
    },
    caughtBy: ['non-finite'],
    quantity: /output y, NaN in x/u,
  },
  {
    name: 'convolution with padding off by one',
    op: 'GroupedConv2D',
    kernels: convWith(shiftedPadding),
    caughtBy: accuracy,
  },
  {
    name: 'convolution with strides swapped',
    op: 'GroupedConv2D',
    kernels: convWith(swappedStrides),
    caughtBy: accuracy,
    inCase: /stride-2x1/u,
  },
  {name: 'convolution without dilation', op: 'GroupedConv2D', kernels: convWith(noDilation), caughtBy: accuracy},
  {
    name: 'convolution’s filter gradient from the first image alone',
    op: 'GroupedConv2D',
    kernels: {
      convBackpropFilter: (x, dy, g) => correctKernels.convBackpropFilter(x, onlyFirstImage(dy, g.batch), g),
    },
    caughtBy: [...accuracy, 'finite-differences', 'single-gradient'],
    quantity: /gradient of filter/u,
  },
  {
    name: 'one-pass variance',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const {mean} = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        const variance = onePassVariance(x, rows, channels);
        const factor = (channel: number) => at(scale, channel) / Math.sqrt(at(variance, channel) + epsilon);
        return {y: normalize(x, mean, factor, offset), mean, variance};
      },
    },
    caughtBy: ['error-bound'],
    inCase: /mean-1000/u,
    quantity: /output (variance|y)/u,
  },
  {
    name: 'one-pass variance, at the means that adder layers have',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => ({
        ...correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon),
        variance: onePassVariance(x, rows, channels),
      }),
    },
    caughtBy: ['error-bound'],
    inCase: /mean--50/u,
    quantity: /output variance/u,
  },
  {
    name: 'unbiased variance',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const right = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        return {...right, variance: map(right.variance, (value) => (rows > 1 ? (value * rows) / (rows - 1) : value))};
      },
    },
    caughtBy: ['error-bound'],
    inCase: /\/rows-1000/u,
    quantity: /output variance/u,
  },
  {
    name: 'epsilon outside the root',
    op: 'BatchNormTraining',
    kernels: {
      batchNorm: (x, scale, offset, rows, channels, epsilon) => {
        const {mean, variance} = correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon);
        const factor = (channel: number) => at(scale, channel) / (Math.sqrt(at(variance, channel)) + epsilon);
        return {y: normalize(x, mean, factor, offset), mean, variance};
      },
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
  {
    name: 'statistics taken as constants in the gradient of x',
    op: 'BatchNormTraining',
    kernels: {
      batchNormGrad: (dy, x, mean, variance, scale, rows, channels, epsilon) => ({
        ...correctKernels.batchNormGrad(dy, x, mean, variance, scale, rows, channels, epsilon),
        dx: map(dy, (value, index) => {
          const channel = index % channels;
          return (value * at(scale, channel)) / Math.sqrt(at(variance, channel) + epsilon);
        }),
      }),
    },
    caughtBy: ['error-bound', 'finite-differences', 'single-gradient'],
    quantity: /gradient of x/u,
  },
  {
    name: 'offset’s gradient averaged',
    op: 'BatchNormTraining',
    kernels: {
      batchNormGrad: (dy, x, mean, variance, scale, rows, channels, epsilon) => {
        const right = correctKernels.batchNormGrad(dy, x, mean, variance, scale, rows, channels, epsilon);
        return {...right, dOffset: map(right.dOffset, (value) => value / Math.max(rows, 1))};
      },
    },
    caughtBy: [...accuracy, 'finite-differences'],
    quantity: /gradient of offset/u,
  },
  ...fusedMutants,
  {
    name: 'relu of NaN is 0',
    op: 'FusedAdderConv2D',
    kernels: {
      fusedAdder: (x, filter, g, epilogue) =>
        map(correctKernels.fusedAdder(x, filter, g, epilogue), (value) => (Number.isNaN(value) ? 0 : value)),
    },
    caughtBy: ['non-finite'],
    inCase: /D\/(groups-2-)?valid\/relu/u,
  },
  {
    name: 'an infinite sum that the max identity made NaN of, clamped like that',
    op: 'FusedAdderConv2D',
    kernels: {
      fusedAdder: (x, filter, g, epilogue) => {
        const sums = map(correctKernels.adder(x, filter, g), (value) => (Number.isFinite(value) ? value : NaN));
        return map(correctKernels.fusedAdder(x, filter, g, epilogue), (value, index) =>
          Number.isNaN(at(sums, index)) ? NaN : value,
        );
      },
    },
    caughtBy: ['non-finite'],
    inCase: /D\/(groups-2-)?valid\/relu/u,
  },
  {
    name: 'epsilon outside the root',
    op: 'BatchNormInference',
    kernels: {
      batchNormInference: (x, mean, variance, scale, offset, _rows, _channels, epsilon) =>
        normalize(x, mean, (channel) => at(scale, channel) / (Math.sqrt(at(variance, channel)) + epsilon), offset),
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
  {
    name: 'statistics of the batch instead of those given',
    op: 'BatchNormInference',
    kernels: {
      batchNormInference: (x, _mean, _variance, scale, offset, rows, channels, epsilon) =>
        correctKernels.batchNorm(x, scale, offset, rows, channels, epsilon).y,
    },
    caughtBy: ['error-bound'],
    quantity: /output y/u,
  },
];

describe('the kit catches wrong arithmetic', () => {
  let backend = '';
  beforeEach(async () => {
    backend = await startThrowAwayBackend();
  });
  afterEach(() => removeThrowAwayBackend(backend));

  it('and lets kernels pass that are right', async () => {
    registerArrayKernels(backend);
    const {failures, passed} = await runConformance({backend, expectKernels: 'own'});
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(5000);
  }, 120_000);

  it.each(mutants)('$op: $name', async ({op, kernels, caughtBy, surrogates, inCase, quantity = /./u}) => {
    registerArrayKernels(backend, kernels);
    const suffix = surrogates ?? (op === 'AdderConv2D' ? '/hard-tanh/full-precision' : '');
    const cases = new Set<string>();
    const filter = (testCase: ConformanceCase): boolean => {
      const keep = testCase.id.endsWith(suffix) && (inCase === undefined ? testCase.sample : inCase.test(testCase.id));
      if (keep) cases.add(testCase.id);
      return keep;
    };
    const {failures} = await runConformance({backend, ops: [op], rules: caughtBy, randomCases: 0, filter});
    for (const rule of caughtBy) {
      const caught = new Set(
        failures
          .filter((failure) => failure.rule === rule && quantity.test(failure.quantity))
          .map((failure) => failure.case?.id),
      );
      if (inCase === undefined) expect(caught.size, `cases in which ${rule} fails`).toBeGreaterThan(0);
      else expect(caught, `cases in which ${rule} fails`).toEqual(cases);
    }
  });
});
