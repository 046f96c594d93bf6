// SPDX-License-Identifier: Apache-2.0
import {
  add,
  concat,
  fill,
  greater,
  isInf,
  type KernelConfig,
  max,
  min,
  mul,
  reshape,
  sign,
  stack,
  sub,
  type Tensor,
  tidy,
  transpose,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry, FilterGradient} from '../contract.js';
import {columnSums} from './column-sums.js';
import {defineComposed} from './define-composed.js';
import {convBackpropFilter} from './grouped-conv2d-backprop-filter.js';
import {nanMask} from './nan-mask.js';
import {divide, filterMatrix, overBatch, overGroups, rowsOf} from './parts.js';
import {patchesOf, phasesOf} from './patches.js';

/** dF = ΣdY·(X − F) or ΣdY·sgn(X − F) for any backend. */
export function composedAdderConv2DBackpropFilter(backendName: string): KernelConfig {
  return defineComposed(
    'AdderConv2DBackpropFilter',
    backendName,
    (tensor, {x, filter, dy}, {geometry, filterGradient}) =>
      BACKPROP_FILTER[filterGradient](tensor(x), tensor(filter), tensor(dy), geometry),
  );
}

type BackpropFilter = (x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry) => Tensor;

const BACKPROP_FILTER: Readonly<Record<FilterGradient, BackpropFilter>> = {
  'full-precision': (x, filter, dy, g) => {
    if (g.batch === 0) return zeros(filter.shape);
    // ΣdY·(X − F) = ΣdY·X − F·ΣdY: the convolution's gradient, a matrix product, and one sum per output channel.
    const rows: Tensor = reshape(dy, [dy.size / g.outChannels, g.outChannels]);
    const product = sub(convBackpropFilter(x, dy, g), mul(filter, columnSums(rows)));
    return add(product, where(isInf(filter), infiniteFilterMask(rows), zerosLike(filter)));
  },
  sign: (x, filter, dy, g) =>
    g.batch === 0
      ? zeros(filter.shape)
      : overGroups([x, filter, dy], g, ([images, weights, gradients], group) =>
          signBackpropFilter(images, weights, gradients, group),
        ),
};

/**
 * What F·ΣdY does not show of an infinite F: ΣdY·(X − F) is NaN as soon as two dY differ in sign or one is 0. By output channel NaN where that is
 * so, otherwise 0.
 */
function infiniteFilterMask(dyRows: Tensor): Tensor {
  const agree = mul(sign(min(dyRows, 0)), sign(max(dyRows, 0)));
  return where(greater(agree, 0), zerosLike(agree), fill(agree.shape, NaN));
}

/** ΣdY·sgn(X − F): the patches of some images against one filter after the other. Ungrouped geometry. */
function signBackpropFilter(x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry): Tensor {
  const {images, placeSets} = divide(g);
  const filters = placeSets.map((places) => {
    const matrix = filterMatrix(filter, g, places);
    return {places, rows: rowsOf(transpose(matrix)), nan: transpose(nanMask(matrix))};
  });
  const parts = overBatch([x, dy], images, (part, dyPart) => {
    const phases = phasesOf(part, g);
    const pixels = part.shape[0] * g.outHeight * g.outWidth;
    const dyColumns = rowsOf(transpose(reshape(dyPart, [pixels, g.outChannels]))).map((row) =>
      reshape(row, [pixels, 1]),
    );
    const sets = filters.map(({places, rows, nan}) =>
      tidy(() => {
        const patches = patchesOf(phases, g, places);
        const products = rows.map((row, t) => tidy(() => columnSums(mul(sign(sub(patches, row)), dyColumns[t]))));
        return add(add(stack(products), nan), columnSums(nanMask(patches)));
      }),
    );
    return concat(sets, 1);
  });
  const dFilter = parts.reduce((total, part) => add(total, part));
  return reshape(transpose(dFilter), filter.shape);
}
