// SPDX-License-Identifier: Apache-2.0
import type {FilterGradient} from '@addernet/core';
import type {ComputeProgram} from '../program.js';
import {fourOf, NON_FINITE, putFour} from '../wgsl/elements.js';
import {
  ADVANCE,
  digits,
  DIGITS,
  each,
  IN_VAIN,
  INVOCATIONS,
  list,
  tileColumns,
  tileRows,
  tilingFor,
} from '../wgsl/tiles.js';
import {componentsOf, sizeUniforms, type Windows} from '../windows.js';

/** What dY is multiplied by, as WGSL: f is a vec4<f32> of four output channels' filters, x a vec4<f32> of four times the same element. */
export interface FilterSlope {
  readonly expression: string;
  readonly readsFilter: boolean;
}

export const IMAGE_ITSELF: FilterSlope = {expression: 'x', readsFilter: false};

export const SURROGATE_FILTER_SLOPES: Readonly<Record<FilterGradient, FilterSlope>> = {
  'full-precision': {expression: 'x - f', readsFilter: true},
  sign: {expression: 'sign(x - f)', readsFilter: true},
};

/** How the output pixels are divided: each part is summed by itself, so that a GPU has enough to do at once. */
export interface PixelParts {
  readonly parts: number;
  /** A multiple of the tiles' depth. */
  readonly partPixels: number;
}

/** Pixels of a part if there are as many: enough to make the sum of the parts cheap. */
const PART_PIXELS = 512;

/** Elements that all parts together may have. */
const MOST_ELEMENTS = 2 ** 23;

/** The parts in which a filter's gradient is summed. */
export function pixelParts({batch, outHeight, outWidth, outChannels, filterSize}: Windows): PixelParts {
  const pixels = batch * outHeight * outWidth;
  const most = Math.max(1, Math.floor(MOST_ELEMENTS / (filterSize * outChannels)));
  const partPixels = PART_PIXELS * Math.ceil(pixels / PART_PIXELS / most);
  return {parts: Math.ceil(pixels / partPixels), partPixels};
}

/**
 * Parts of the filter's gradient: dF[element, t] = Σ dY·slope(x, filter) over some output pixels, a matrix of a filter's elements × output channels of a group,
 * one part after the other. The inputs are x, dY and, if the slope reads it, the filter.
 *
 * A step takes 16 pixels into workgroup memory: what their windows have of x, and their dY. An element that meets a NaN or an infinity is computed
 * anew, of the part's pixels alone and with slopes that keep a NaN, which WGSL's sign need not do.
 */
export function filterGradientParts(
  slope: FilterSlope,
  windows: Windows,
  {parts, partPixels}: PixelParts,
): ComputeProgram {
  const {groups, groupInChannels, groupOutChannels, filterSize, outHeight, outWidth} = windows;
  const tiling = tilingFor(groupOutChannels);
  const {across, down, depth} = tiling;
  const rows = tileRows(tiling);
  const columns = tileColumns(tiling);
  const imageComponents = componentsOf(groupInChannels);
  const gradientComponents = componentsOf(groupOutChannels);
  const rowTiles = Math.ceil(filterSize / rows);
  const columnTiles = Math.ceil(groupOutChannels / columns);
  const pixelsPerPass = INVOCATIONS / down;
  return {
    form: {kind: 'filter gradient', slope, tiling, imageComponents, gradientComponents},
    inputs: {
      images: imageComponents,
      gradients: gradientComponents,
      ...(slope.readsFilter ? {weights: gradientComponents} : {}),
    },
    outputComponents: gradientComponents,
    uniforms: {
      ...sizeUniforms(windows),
      steps: [partPixels / depth],
      partPixels: [partPixels],
      passDigits: digits(pixelsPerPass, [outHeight, outWidth]),
      tiles: [rowTiles, columnTiles, groups],
      workgroups: [rowTiles * columnTiles * groups * parts],
    },
    workgroupSize: [across, down, 1],
    workgroups: rowTiles * columnTiles * groups * parts,
    code: `
  var<workgroup> imageTile: array<vec4<f32>, ${depth * down}>;
  var<workgroup> gradientTile: array<vec4<f32>, ${depth * across}>;
  var<workgroup> nonFiniteSeen: atomic<u32>;

  fn slope(x: vec4<f32>, f: vec4<f32>) -> vec4<f32> {
    return ${slope.expression};
  }
  ${ADVANCE}
  ${DIGITS}
  ${IN_VAIN}
  ${NON_FINITE}
  // What the window of an output pixel has of x at an element (i, j, k) of the filter.
  fn imageAt(pixel: vec3<i32>, element: vec3<i32>, group: i32) -> f32 {
    let at = pixel.yz * uniforms.strides - uniforms.padding + element.xy * uniforms.dilations;
    if (element.x >= uniforms.filterSize.x || any(at < vec2<i32>(0)) || any(at >= uniforms.inSize.yz)) {
      return 0;
    }
    let n = ((pixel.x * uniforms.inSize.y + at.x) * uniforms.inSize.z + at.y) * uniforms.inSize.w + group * uniforms.filterSize.z + element.z;
    return ${imageComponents === 4 ? 'images[n / 4][n % 4]' : 'images[n]'};
  }

  // The same, of four elements.
  fn imagesAt(pixel: vec3<i32>, element: vec3<i32>, group: i32) -> vec4<f32> {
    if (pixel.x >= uniforms.inSize.x) {
      return vec4<f32>(0);
    }
    ${IMAGES_AT[imageComponents]}
  }

  // dY of an output pixel.
  fn gradientsAt(pixel: i32, pixels: i32, channel: i32, end: i32) -> vec4<f32> {
    if (pixel >= pixels || channel >= end) {
      return vec4<f32>(0);
    }
    let at = pixel * uniforms.outSize.w + channel;
    ${fourOf('gradients', gradientComponents)}
  }
  ${
    slope.readsFilter
      ? `
  fn weightsAt(element: i32, channel: i32, end: i32) -> vec4<f32> {
    if (element >= elements() || channel >= end) {
      return vec4<f32>(0);
    }
    let at = element * uniforms.outSize.w + channel;
    ${fourOf('weights', gradientComponents)}
  }`
      : ''
  }
  fn elements() -> i32 {
    return uniforms.filterSize.x * uniforms.filterSize.y * uniforms.filterSize.z;
  }

  fn main() {
    let tile = workgroupIndex();
    let columnTile = tile % uniforms.tiles.y;
    let rest = tile / uniforms.tiles.y;
    let partAndGroup = rest / uniforms.tiles.x;
    let part = partAndGroup / uniforms.tiles.z;
    let group = partAndGroup - part * uniforms.tiles.z;
    let firstElement = (rest - partAndGroup * uniforms.tiles.x) * ${rows};
    let end = (group + 1) * uniforms.filterSize.w;
    let channel = group * uniforms.filterSize.w + columnTile * ${columns} + i32(localId.x) * 4;
    let firstPixel = part * uniforms.partPixels;
    let pixels = min(firstPixel + uniforms.partPixels, uniforms.outSize.x * uniforms.outSize.y * uniforms.outSize.z);
    let index = i32(localIndex);

    // Said, though WGSL begins with it: not every test has workgroup memory zeroed.
    if (index == 0) {
      atomicStore(&nonFiniteSeen, 0u);
    }
    workgroupBarrier();
    let loadedElement = digits(firstElement + 4 * (index % ${down}), uniforms.filterSize.yz);
    var pixel = digits(firstPixel + index / ${down}, uniforms.outSize.yz);
    let loadedChannel = channel + (index % ${across} - i32(localId.x)) * 4;
    var loadedPixel = firstPixel;

    let row = firstElement + i32(localId.y) * 4;
    ${
      slope.readsFilter
        ? `var own: array<vec4<f32>, 4>;
    for (var r = 0; r < 4; r++) {
      own[r] = weightsAt(row + r, channel, end);
    }`
        : ''
    }
    ${each(4, (r) => `let f${r} = ${slope.readsFilter ? `own[${r}]` : 'vec4<f32>(0)'};`)}
    ${each(4, (r) => `var sum${r} = vec4<f32>(0);`)}
    for (var step = 0; step < uniforms.steps; step++) {
      for (var n = index; n < ${depth * down}; n += ${INVOCATIONS}) {
        let loaded = imagesAt(pixel, loadedElement, group);
        if (nonFinite(loaded)) {
          atomicStore(&nonFiniteSeen, 1u);
        }
        imageTile[n] = loaded;
        pixel = advance(pixel, uniforms.passDigits, uniforms.outSize.yz);
      }
      for (var n = index; n < ${depth * across}; n += ${INVOCATIONS}) {
        gradientTile[n] = gradientsAt(loadedPixel + n / ${across}, pixels, loadedChannel, end);
      }
      loadedPixel += ${depth};
      workgroupBarrier();
      for (var p = 0; p < ${depth}; p++) {
        let x = imageTile[p * ${down} + i32(localId.y)];
        let d = gradientTile[p * ${across} + i32(localId.x)];
        ${each(4, (r) => `sum${r} += d * slope(x.${'xyzw'.charAt(r).repeat(4)}, f${r});`)}
      }
      workgroupBarrier();
    }
    let again = atomicLoad(&nonFiniteSeen) != 0u;
    let partStart = part * elements();
    var sums = array<vec4<f32>, 4>(${list(4, (r) => `sum${r}`)});
    for (var r = 0; r < 4; r++) {
      ${
        slope.readsFilter
          ? `if (again || nonFinite(own[r])) {
        sums[r] = anew(firstPixel, pixels, row + r, channel, end, own[r], group);
      }`
          : `if (again) {
        sums[r] = anew(firstPixel, pixels, row + r, channel, end, vec4<f32>(0), group);
      }`
      }
      put(partStart, row + r, channel, end, sums[r]);
    }
  }

  // The sums of an element of four output channels' filters.
  fn anew(first: i32, pixels: i32, element: i32, channel: i32, end: i32, f: vec4<f32>, group: i32) -> vec4<f32> {
    let place = digits(element, uniforms.filterSize.yz);
    var sum = vec4<f32>(0);
    for (var n = first; n < pixels; n++) {
      let x = vec4<f32>(imageAt(digits(n, uniforms.outSize.yz), place, group));
      var slopes = slope(x, f);
      ${
        slope.readsFilter
          ? `for (var c = 0; c < 4; c++) {
        if (isnan(x[c] - f[c])) { slopes[c] = x[c] - f[c]; }
      }`
          : ''
      }
      sum += gradientsAt(n, pixels, channel, end) * slopes;
    }
    return sum;
  }

  fn put(partStart: i32, element: i32, channel: i32, end: i32, value: vec4<f32>) {
    if (inVain() || element >= elements() || channel >= end) {
      return;
    }
    let at = (partStart + element) * uniforms.outSize.w + channel;
    ${putFour(gradientComponents)}
  }
`,
  };
}

const IMAGES_AT = {
  4: `let at = pixel.yz * uniforms.strides - uniforms.padding + element.xy * uniforms.dilations;
    if (element.x >= uniforms.filterSize.x || any(at < vec2<i32>(0)) || any(at >= uniforms.inSize.yz)) {
      return vec4<f32>(0);
    }
    return images[(((pixel.x * uniforms.inSize.y + at.x) * uniforms.inSize.z + at.y) * uniforms.inSize.w + group * uniforms.filterSize.z + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    var next = element;
    for (var n = 0; n < 4; n++) {
      four[n] = imageAt(pixel, next, group);
      next = advance(next, vec3<i32>(0, 0, 1), uniforms.filterSize.yz);
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};
