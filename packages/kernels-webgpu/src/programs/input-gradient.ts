// SPDX-License-Identifier: Apache-2.0
import type {InputGradient} from '@addernet/core';
import type {ComputeProgram} from '../program.js';
import {fourOf, NON_FINITE, putFour} from '../wgsl/elements.js';
import {ADVANCE, digits, DIGITS, each, INVOCATIONS, list, tileColumns, tileRows, tilingFor} from '../wgsl/tiles.js';
import {componentsOf, sizeUniforms, type Windows} from '../windows.js';

/** What dY is multiplied by, as WGSL: f is a vec4<f32> of four output channels, x a vec4<f32> of four times the same element. */
export interface Slope {
  readonly expression: string;
  readonly readsX: boolean;
}

export const FILTER_ITSELF: Slope = {expression: 'f', readsX: false};

export const SURROGATE_SLOPES: Readonly<Record<InputGradient, Slope>> = {
  'hard-tanh': {expression: 'clamp(f - x, vec4<f32>(-1), vec4<f32>(1))', readsX: true},
  sign: {expression: 'sign(f - x)', readsX: true},
  'full-precision': {expression: 'f - x', readsX: true},
};

/**
 * Gradients of the images: dX[pixel, k] = Σ dY·slope(filter, x) over the windows that see the pixel, a matrix of input pixels × input channels of a
 * group. The inputs are dY, the filter, and x if the slope reads it.
 *
 * A step takes 16 of the products that a pixel has, of all places of the filter × output channels, into workgroup memory: dY is 0 where no window
 * has the pixel at that place. An element that meets a NaN or an infinity is computed anew, without the 0s and with slopes that keep a NaN, which
 * WGSL's clamp and sign need not do.
 */
export function inputGradient(slope: Slope, windows: Windows): ComputeProgram {
  const {groups, groupInChannels, groupOutChannels, filterHeight, filterWidth} = windows;
  const tiling = tilingFor(groupInChannels);
  const {across, down, rowsEach, depth} = tiling;
  const rows = tileRows(tiling);
  const columns = tileColumns(tiling);
  const quads = depth / 4;
  const gradientComponents = componentsOf(groupOutChannels);
  const imageComponents = componentsOf(groupInChannels);
  const pixels = windows.batch * windows.inHeight * windows.inWidth;
  const rowTiles = Math.ceil(pixels / rows);
  const columnTiles = Math.ceil(groupInChannels / columns);
  const rowStride = quads + 1;
  const gradientLoads = (rows * quads) / INVOCATIONS;
  const rowsPerPass = INVOCATIONS / quads;
  return {
    form: {kind: 'input gradient', slope, tiling, gradientComponents, imageComponents},
    inputs: {
      gradients: gradientComponents,
      weights: gradientComponents,
      ...(slope.readsX ? {images: imageComponents} : {}),
    },
    outputComponents: imageComponents,
    uniforms: {
      ...sizeUniforms(windows),
      steps: [Math.ceil((filterHeight * filterWidth * groupOutChannels) / depth)],
      depthDigits: digits(depth, [filterWidth, groupOutChannels]),
      tiles: [rowTiles, columnTiles],
    },
    workgroupSize: [across, down, 1],
    workgroups: rowTiles * columnTiles * groups,
    code: `
  var<workgroup> gradientTile: array<vec4<f32>, ${rows * rowStride}>;
  var<workgroup> filterTile: array<vec4<f32>, ${columns * rowStride}>;
  var<workgroup> nonFiniteSeen: atomic<u32>;

  fn slope(f: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
    return ${slope.expression};
  }
  ${ADVANCE}
  ${DIGITS}
  ${NON_FINITE}
  // The row (column) of outputs whose windows begin at this distance before the pixel, or -1.
  fn outputAt(distance: i32, stride: i32, size: i32) -> i32 {
    // Most strides are 1, and GPUs have no instruction for a division.
    var at = distance;
    if (stride > 1) {
      at = max(distance, 0) / stride;
    }
    return select(-1, at, distance >= 0 && at * stride == distance && at < size);
  }

  // Where dY has the window that sees a pixel (image, row, column) at a place of the filter, or -1.
  fn windowAt(pixel: vec3<i32>, place: vec2<i32>) -> i32 {
    let distance = pixel.yz + uniforms.padding - place * uniforms.dilations;
    let row = outputAt(distance.x, uniforms.strides.x, uniforms.outSize.y);
    let column = outputAt(distance.y, uniforms.strides.y, uniforms.outSize.z);
    if (pixel.x < 0 || row < 0 || column < 0 || place.x >= uniforms.filterSize.x) {
      return -1;
    }
    return ((pixel.x * uniforms.outSize.y + row) * uniforms.outSize.z + column) * uniforms.outSize.w;
  }

  // dY of the windows that see a pixel at (i, j), of output channel t of the group and of the three products after it.
  fn gradientsAt(pixel: vec3<i32>, element: vec3<i32>, group: i32) -> vec4<f32> {
    ${GRADIENTS_AT[gradientComponents]}
  }

  // The filter's elements of an input channel \`column\` of the group, of the same products.
  fn weightsAt(column: i32, element: vec3<i32>, group: i32) -> vec4<f32> {
    ${WEIGHTS_AT[gradientComponents]}
  }

  fn main() {
    let tile = workgroupIndex();
    let columnTile = tile % uniforms.tiles.y;
    let groupAndRows = tile / uniforms.tiles.y;
    let group = groupAndRows / uniforms.tiles.x;
    let firstRow = (groupAndRows - group * uniforms.tiles.x) * ${rows};
    let firstColumn = columnTile * ${columns};
    let end = (group + 1) * uniforms.filterSize.z;
    let column = firstColumn + i32(localId.x) * 4;
    let channel = group * uniforms.filterSize.z + column;
    let pixels = uniforms.inSize.x * uniforms.inSize.y * uniforms.inSize.z;
    let index = i32(localIndex);

    let quad = index % ${quads};
    let elementSize = vec2<i32>(uniforms.filterSize.y, uniforms.filterSize.w);
    var element = digits(4 * quad, elementSize);
    var loadedPixels: array<vec3<i32>, ${gradientLoads}>;
    for (var n = 0; n < ${gradientLoads}; n++) {
      loadedPixels[n] = pixelOf(firstRow + index / ${quads} + n * ${rowsPerPass}, pixels);
    }

    ${
      slope.readsX
        ? `var own: array<vec4<f32>, ${rowsEach}>;
    for (var r = 0; r < ${rowsEach}; r++) {
      own[r] = imagesAt(firstRow + i32(localId.y) + r * ${down}, pixels, channel, end);
    }`
        : ''
    }
    ${each(rowsEach, (r) => `let x${r} = ${slope.readsX ? `own[${r}]` : 'vec4<f32>(0)'};`)}
    ${each(rowsEach, (r) => `var sum${r} = vec4<f32>(0);`)}
    for (var step = 0; step < uniforms.steps; step++) {
      for (var n = 0; n < ${gradientLoads}; n++) {
        gradientTile[(index / ${quads} + n * ${rowsPerPass}) * ${rowStride} + quad] = gradientsAt(loadedPixels[n], element, group);
      }
      for (var column = index / ${quads}; column < ${columns}; column += ${rowsPerPass}) {
        let loaded = weightsAt(firstColumn + column, element, group);
        if (nonFinite(loaded)) {
          atomicStore(&nonFiniteSeen, 1u);
        }
        filterTile[column * ${rowStride} + quad] = loaded;
      }
      element = advance(element, uniforms.depthDigits, elementSize);
      workgroupBarrier();
      for (var q = 0; q < ${quads}; q++) {
        ${each(4, (c) => `let f${c} = filterTile[(i32(localId.x) * 4 + ${c}) * ${rowStride} + q];`)}
        ${each(rowsEach, (r) => {
          const products = ['x', 'y', 'z', 'w'].map((c, n) => `dot(d${r}, slope(f${n}, x${r}.${c}${c}${c}${c}))`);
          return `let d${r} = gradientTile[(i32(localId.y) + ${r * down}) * ${rowStride} + q];
        sum${r} += vec4<f32>(${products.join(', ')});`;
        })}
      }
      workgroupBarrier();
    }
    let again = atomicLoad(&nonFiniteSeen) != 0u;
    var sums = array<vec4<f32>, ${rowsEach}>(${list(rowsEach, (r) => `sum${r}`)});
    for (var r = 0; r < ${rowsEach}; r++) {
      let row = firstRow + i32(localId.y) + r * ${down};
      ${
        slope.readsX
          ? `if (again || nonFinite(own[r])) {
        sums[r] = anew(row, pixels, column, own[r], group);
      }`
          : `if (again) {
        sums[r] = anew(row, pixels, column, group);
      }`
      }
      put(row, pixels, channel, end, sums[r]);
    }
  }

  // (image, row, column) of a pixel of the images; without one the image is -1.
  fn pixelOf(pixel: i32, pixels: i32) -> vec3<i32> {
    if (pixel >= pixels) {
      return vec3<i32>(-1, 0, 0);
    }
    return digits(pixel, uniforms.inSize.yz);
  }
  ${
    slope.readsX
      ? `
  fn imagesAt(pixel: i32, pixels: i32, channel: i32, end: i32) -> vec4<f32> {
    if (pixel >= pixels || channel >= end) {
      return vec4<f32>(0);
    }
    let at = pixel * uniforms.inSize.w + channel;
    ${fourOf('images', imageComponents)}
  }`
      : ''
  }
  // The sums of four channels of a pixel, of the windows alone that see it.
  fn anew(pixel: i32, pixels: i32, column: i32, ${slope.readsX ? 'x: vec4<f32>, ' : ''}group: i32) -> vec4<f32> {
    let position = pixelOf(pixel, pixels);
    var sum = vec4<f32>(0);
    for (var i = 0; i < uniforms.filterSize.x; i++) {
      for (var j = 0; j < uniforms.filterSize.y; j++) {
        let window = windowAt(position, vec2<i32>(i, j));
        if (window < 0) {
          continue;
        }
        for (var t = 0; t < uniforms.filterSize.w; t++) {
          let d = gradientAt(window + group * uniforms.filterSize.w + t);
          for (var c = 0; c < 4; c++) {
            if (column + c >= uniforms.filterSize.z) {
              continue;
            }
            let place = i * uniforms.filterSize.y + j;
            let f = weightAt((place * uniforms.filterSize.z + column + c) * uniforms.outSize.w + group * uniforms.filterSize.w + t);
            var slopes = ${slope.readsX ? 'slope(vec4<f32>(f), vec4<f32>(x[c])).x' : 'f'};
            ${slope.readsX ? 'if (isnan(f - x[c])) { slopes = f - x[c]; }' : ''}
            sum[c] += d * slopes;
          }
        }
      }
    }
    return sum;
  }

  fn gradientAt(at: i32) -> f32 {
    return ${gradientComponents === 4 ? 'gradients[at / 4][at % 4]' : 'gradients[at]'};
  }

  fn weightAt(at: i32) -> f32 {
    return ${gradientComponents === 4 ? 'weights[at / 4][at % 4]' : 'weights[at]'};
  }

  fn put(pixel: i32, pixels: i32, channel: i32, end: i32, value: vec4<f32>) {
    if (pixel >= pixels || channel >= end) {
      return;
    }
    let at = pixel * uniforms.inSize.w + channel;
    ${putFour(imageComponents)}
  }
`,
  };
}

const GRADIENTS_AT = {
  4: `let window = windowAt(pixel, element.xy);
    if (window < 0) {
      return vec4<f32>(0);
    }
    return gradients[(window + group * uniforms.filterSize.w + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    var next = element;
    for (var n = 0; n < 4; n++) {
      let window = windowAt(pixel, next.xy);
      if (window >= 0) {
        four[n] = gradients[window + group * uniforms.filterSize.w + next.z];
      }
      next = advance(next, vec3<i32>(0, 0, 1), uniforms.filterSize.yw);
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};

const WEIGHTS_AT = {
  4: `if (column >= uniforms.filterSize.z || element.x >= uniforms.filterSize.x) {
      return vec4<f32>(0);
    }
    let place = element.x * uniforms.filterSize.y + element.y;
    return weights[((place * uniforms.filterSize.z + column) * uniforms.outSize.w + group * uniforms.filterSize.w + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    if (column >= uniforms.filterSize.z) {
      return vec4<f32>(0);
    }
    var next = element;
    for (var n = 0; n < 4; n++) {
      if (next.x < uniforms.filterSize.x) {
        let place = next.x * uniforms.filterSize.y + next.y;
        four[n] = weights[(place * uniforms.filterSize.z + column) * uniforms.outSize.w + group * uniforms.filterSize.w + next.z];
      }
      next = advance(next, vec3<i32>(0, 0, 1), uniforms.filterSize.yw);
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};
