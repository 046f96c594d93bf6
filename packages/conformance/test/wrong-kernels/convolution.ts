// SPDX-License-Identifier: Apache-2.0
import {correctKernels} from '../support/reference-kernels.js';
import {
  accuracy,
  convWith,
  noDilation,
  onlyFirstImage,
  shiftedPadding,
  swappedStrides,
  type Mutant,
} from './changes.js';

export const convolutionMutants: readonly Mutant[] = [
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
];
