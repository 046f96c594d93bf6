// SPDX-License-Identifier: Apache-2.0
import {concat, dispose, reshape, slice, split, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';

/** Elements of a temporary that stays in a second-level cache while a handful of ops pass over it. */
const CACHE_ELEMENTS = 128 * 1024;

/** Elements of the largest temporary that is made while a filter has more than one place to divide. */
const LARGEST_ELEMENTS = 1024 * 1024;

/** A place (i, j) of the filter. */
export interface Place {
  readonly i: number;
  readonly j: number;
}

/** How the work of a composed kernel is divided, so that its temporaries [pixels, places × inChannels] stay small. */
export interface Division {
  /** Images at a time. */
  readonly images: number;
  /** Places of the filter at a time, in order. */
  readonly placeSets: readonly (readonly Place[])[];
}

export function divide(g: Conv2DGeometry): Division {
  const places = Array.from({length: g.filterHeight * g.filterWidth}, (_, place) => ({
    i: Math.floor(place / g.filterWidth),
    j: place % g.filterWidth,
  }));
  const elementsPerPlace = g.outHeight * g.outWidth * g.inChannels;
  const images = Math.max(1, Math.floor(CACHE_ELEMENTS / (elementsPerPlace * places.length)));
  const atOnce = Math.max(1, Math.floor(LARGEST_ELEMENTS / (elementsPerPlace * images)));
  const placeSets = [];
  for (let first = 0; first < places.length; first += atOnce) placeSets.push(places.slice(first, first + atOnce));
  return {images, placeSets};
}

/**
 * Calls `compute` with parts of at most `most` images of the tensors, and gives its results in order. Parts are made by halves, since slicing on the
 * wasm backend copies the whole input first.
 */
export function overBatch(tensors: readonly Tensor[], most: number, compute: (...parts: Tensor[]) => Tensor): Tensor[] {
  return overRows(tensors, tensors[0].shape[0], most, (parts) => tidy(() => compute(...parts)));
}

/** The rows of a matrix, each [1, columns]. */
export function rowsOf(matrix: Tensor): Tensor[] {
  return overRows([matrix], matrix.shape[0], 1, ([row]) => row.clone());
}

function overRows<T>(tensors: readonly Tensor[], rows: number, most: number, visit: (parts: Tensor[]) => T): T[] {
  if (rows <= most) return [visit([...tensors])];
  const half = Math.ceil(Math.ceil(rows / most) / 2) * most;
  return [
    {start: 0, size: half},
    {start: half, size: rows - half},
  ].flatMap(({start, size}) => {
    const parts = tensors.map((tensor) => {
      const [, ...rest] = tensor.shape;
      return slice(tensor, [start, ...rest.map(() => 0)], [size, ...rest]);
    });
    const results = overRows(parts, size, most, visit);
    dispose(parts);
    return results;
  });
}

/** Geometry of one of the groups by itself. */
function geometryOfGroup(g: Conv2DGeometry): Conv2DGeometry {
  return {...g, groups: 1, inChannels: g.inChannels / g.groups, outChannels: g.outChannels / g.groups};
}

/**
 * Computes group by group: each tensor's last axis is divided among the groups, and so is the result's.
 */
export function overGroups(
  tensors: readonly Tensor[],
  g: Conv2DGeometry,
  compute: (parts: readonly Tensor[], geometry: Conv2DGeometry) => Tensor,
): Tensor {
  if (g.groups === 1) return compute(tensors, g);
  const parts = tensors.map((tensor) => split(tensor, g.groups, tensor.rank - 1));
  const geometry = geometryOfGroup(g);
  const results = Array.from({length: g.groups}, (_, group) =>
    tidy(() =>
      compute(
        parts.map((groups) => groups[group]),
        geometry,
      ),
    ),
  );
  return concat(results, results[0].rank - 1);
}

/** The part of a filter [filterHeight, filterWidth, inChannels, outChannels] at some places: [places × inChannels, outChannels]. */
export function filterMatrix(filter: Tensor, g: Conv2DGeometry, places: readonly Place[]): Tensor {
  const matrix: Tensor = reshape(filter, [g.filterHeight * g.filterWidth * g.inChannels, g.outChannels]);
  const [{i, j}] = places;
  const first = (i * g.filterWidth + j) * g.inChannels;
  return slice(matrix, [first, 0], [places.length * g.inChannels, g.outChannels]);
}
