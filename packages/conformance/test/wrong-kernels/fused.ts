// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {correctKernels, type ArrayKernels} from '../support/reference-kernels.js';
import {accuracy, at, map, ones, type Mutant} from './changes.js';

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

export const fusedMutants: readonly Mutant[] = [
  ...(['FusedAdderConv2D', 'FusedGroupedConv2D'] as const).flatMap((op) =>
    wrongEpilogues.map((mutant) => ({...mutant, op, caughtBy: accuracy})),
  ),
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
];
