// SPDX-License-Identifier: Apache-2.0
import {correctKernels} from '../support/reference-kernels.js';
import {
  accuracy,
  adderWith,
  at,
  dropLast,
  map,
  noDilation,
  onlyFirstImage,
  ones,
  shiftedPadding,
  swappedPadding,
  swappedStrides,
  zeros,
  type Mutant,
} from './changes.js';

export const adderMutants: readonly Mutant[] = [
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
];
