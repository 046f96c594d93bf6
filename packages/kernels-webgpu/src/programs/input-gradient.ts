// SPDX-License-Identifier: Apache-2.0
import type {InputGradient} from '@addernet/core';
import type {ComputeProgram} from '../program.js';
import {fourOf, NON_FINITE, putFour} from '../wgsl/elements.js';
import {PHASES, phaseSize, phaseUniforms} from '../wgsl/phases.js';
import {ADVANCE, DIGITS, each, IN_VAIN, INVOCATIONS, list, tileColumns, tileRows, tilingFor} from '../wgsl/tiles.js';
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
 * With strides, pixels differ in the places of the filter at which a window can have them: a tile is of pixels of one phase (row and column modulo
 * the strides), which have the places `first`, `first` + placeSteps, … in common, each seen by windows outSteps before the last one's.
 *
 * A step takes 16 of the products that a pixel has, of these places × output channels, into workgroup memory: dY is 0 where no window
 * has the pixel at that place. An element that meets a NaN or an infinity is computed anew, without the 0s and with slopes that keep a NaN, which
 * WGSL's clamp and sign need not do.
 */
export function inputGradient(slope: Slope, windows: Windows): ComputeProgram {
  const {groups, groupInChannels, groupOutChannels, batch, strideHeight, strideWidth} = windows;
  const [phaseHeight, phaseWidth] = phaseSize(windows);
  const tiling = tilingFor(groupInChannels);
  const {across, down, rowsEach, depth} = tiling;
  const rows = tileRows(tiling);
  const columns = tileColumns(tiling);
  const quads = depth / 4;
  const gradientComponents = componentsOf(groupOutChannels);
  const imageComponents = componentsOf(groupInChannels);
  const rowTiles = Math.ceil((batch * phaseHeight * phaseWidth) / rows);
  const columnTiles = Math.ceil(groupInChannels / columns);
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
      ...phaseUniforms(windows),
      tiles: [rowTiles, columnTiles, groups],
      workgroups: [rowTiles * columnTiles * groups * strideHeight * strideWidth],
    },
    workgroupSize: [across, down, 1],
    workgroups: rowTiles * columnTiles * groups * strideHeight * strideWidth,
    code: `
  var<workgroup> gradientTile: array<vec4<f32>, ${rows * quads}>;
  var<workgroup> filterTile: array<vec4<f32>, ${columns * quads}>;
  var<workgroup> nonFiniteSeen: atomic<u32>;
  var<workgroup> steps: i32;

  fn slope(f: vec4<f32>, x: vec4<f32>) -> vec4<f32> {
    return ${slope.expression};
  }
  ${ADVANCE}
  ${DIGITS}
  ${IN_VAIN}
  ${NON_FINITE}
  ${PHASES}
  // dY of the window that sees a pixel at a place, of output channel t of the group, where element = (place, t), and of the three products after it.
  fn gradientsAt(pixel: vec3<i32>, element: vec3<i32>) -> vec4<f32> {
    ${GRADIENTS_AT[gradientComponents]}
  }

  // The filter's elements of an input channel \`column\` of the group, of the same products.
  fn weightsAt(column: i32, element: vec3<i32>) -> vec4<f32> {
    ${WEIGHTS_AT[gradientComponents]}
  }

  fn main() {
    let tile = workgroupIndex();
    let columnTile = tile % uniforms.tiles.y;
    let rest = tile / uniforms.tiles.y;
    let phaseAndGroup = rest / uniforms.tiles.x;
    let phaseIndex = phaseAndGroup / uniforms.tiles.z;
    group = phaseAndGroup - phaseIndex * uniforms.tiles.z;
    enterPhase(phaseIndex);
    let firstRow = (rest - phaseAndGroup * uniforms.tiles.x) * ${rows};
    let firstColumn = columnTile * ${columns};
    let end = (group + 1) * uniforms.filterSize.z;
    let column = firstColumn + i32(localId.x) * 4;
    let channel = group * uniforms.filterSize.z + column;
    let index = i32(localIndex);
    if (index == 0) {
      atomicStore(&nonFiniteSeen, 0u);
      steps = (places.x * places.y * uniforms.filterSize.w + ${depth - 1}) / ${depth};
    }
    let stepCount = workgroupUniformLoad(&steps);

    let quad = index % ${quads};
    let elementSize = vec2<i32>(max(places.y, 1), uniforms.filterSize.w);
    let depthDigits = digits(${depth}, elementSize);
    var element = digits(4 * quad, elementSize);
    var loadedPixels: array<vec3<i32>, ${gradientLoads}>;
    for (var n = 0; n < ${gradientLoads}; n++) {
      loadedPixels[n] = pixelOf(firstRow + index / ${quads} + n * ${rowsPerPass});
    }

    ${
      slope.readsX
        ? `var own: array<vec4<f32>, ${rowsEach}>;
    for (var r = 0; r < ${rowsEach}; r++) {
      own[r] = imagesAt(pixelOf(firstRow + i32(localId.y) + r * ${down}), channel, end);
    }`
        : ''
    }
    ${each(rowsEach, (r) => `let x${r} = ${slope.readsX ? `own[${r}]` : 'vec4<f32>(0)'};`)}
    ${each(rowsEach, (r) => `var sum${r} = vec4<f32>(0);`)}
    for (var step = 0; step < stepCount; step++) {
      for (var n = 0; n < ${gradientLoads}; n++) {
        gradientTile[quad * ${rows} + index / ${quads} + n * ${rowsPerPass}] = gradientsAt(loadedPixels[n], element);
      }
      for (var column = index / ${quads}; column < ${columns}; column += ${rowsPerPass}) {
        let loaded = weightsAt(firstColumn + column, element);
        if (nonFinite(loaded)) {
          atomicStore(&nonFiniteSeen, 1u);
        }
        filterTile[(4 * quad + column % 4) * ${across} + column / 4] = loaded;
      }
      element = advance(element, depthDigits, elementSize);
      workgroupBarrier();
      for (var q = 0; q < ${quads}; q++) {
        ${each(4, (c) => `let f${c} = filterTile[(4 * q + ${c}) * ${across} + i32(localId.x)];`)}
        ${each(rowsEach, (r) => {
          const products = ['x', 'y', 'z', 'w'].map((c, n) => `dot(d${r}, slope(f${n}, x${r}.${c}${c}${c}${c}))`);
          return `let d${r} = gradientTile[q * ${rows} + i32(localId.y) + ${r * down}];
        sum${r} += vec4<f32>(${products.join(', ')});`;
        })}
      }
      workgroupBarrier();
    }
    let again = atomicLoad(&nonFiniteSeen) != 0u;
    var sums = array<vec4<f32>, ${rowsEach}>(${list(rowsEach, (r) => `sum${r}`)});
    for (var r = 0; r < ${rowsEach}; r++) {
      let pixel = pixelOf(firstRow + i32(localId.y) + r * ${down});
      ${
        slope.readsX
          ? `if (again || nonFinite(own[r])) {
        sums[r] = anew(pixel, column, own[r]);
      }`
          : `if (again) {
        sums[r] = anew(pixel, column);
      }`
      }
      put(pixel, channel, end, sums[r]);
    }
  }

  ${
    slope.readsX
      ? `
  fn imagesAt(pixel: vec3<i32>, channel: i32, end: i32) -> vec4<f32> {
    if (pixel.x < 0 || channel >= end) {
      return vec4<f32>(0);
    }
    let at = elementOf(pixel) + channel;
    ${fourOf('images', imageComponents)}
  }`
      : ''
  }
  // The sums of four channels of a pixel, of the windows alone that see it.
  fn anew(pixel: vec3<i32>, column: i32${slope.readsX ? ', x: vec4<f32>' : ''}) -> vec4<f32> {
    var sum = vec4<f32>(0);
    for (var n = 0; n < places.x * places.y; n++) {
      let place = vec2<i32>(n / places.y, n % places.y);
      let window = windowAt(pixel, place);
      if (window < 0) {
        continue;
      }
      for (var t = 0; t < uniforms.filterSize.w; t++) {
        for (var c = 0; c < min(4, uniforms.filterSize.z - column); c++) {
          let f = weightAt(filterAt(place, column + c) + t);
          var slopes = ${slope.readsX ? 'slope(vec4<f32>(f), vec4<f32>(x[c])).x' : 'f'};
          ${slope.readsX ? 'if (isnan(f - x[c])) { slopes = f - x[c]; }' : ''}
          sum[c] += gradientAt(window + t) * slopes;
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

  fn put(pixel: vec3<i32>, channel: i32, end: i32, value: vec4<f32>) {
    if (inVain() || pixel.x < 0 || channel >= end) {
      return;
    }
    let at = elementOf(pixel) + channel;
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
    return gradients[(window + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    var next = element;
    for (var n = 0; n < 4; n++) {
      let window = windowAt(pixel, next.xy);
      if (window >= 0) {
        four[n] = gradients[window + next.z];
      }
      next = advance(next, vec3<i32>(0, 0, 1), vec2<i32>(max(places.y, 1), uniforms.filterSize.w));
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};

const WEIGHTS_AT = {
  4: `if (column >= uniforms.filterSize.z || element.x >= places.x) {
      return vec4<f32>(0);
    }
    return weights[(filterAt(element.xy, column) + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    var next = element;
    for (var n = 0; n < 4; n++) {
      if (column < uniforms.filterSize.z && next.x < places.x) {
        four[n] = weights[filterAt(next.xy, column) + next.z];
      }
      next = advance(next, vec3<i32>(0, 0, 1), vec2<i32>(max(places.y, 1), uniforms.filterSize.w));
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};
