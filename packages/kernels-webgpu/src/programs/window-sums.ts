// SPDX-License-Identifier: Apache-2.0
import type {Activation} from '@addernet/core';
import type {Components, ComputeProgram, Uniform} from '../program.js';
import {fourOf, putFour} from '../wgsl/elements.js';
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

/** A term of the sum over a window, of one element of x and four output channels' filters at once, as WGSL: x and f are vec4<f32>. */
export interface Term {
  readonly expression: string;
  /** Whether the sum is of the expression's negative. */
  readonly negative: boolean;
}

export const NEGATIVE_DISTANCE: Term = {expression: 'abs(x - f)', negative: true};
export const PRODUCT: Term = {expression: 'x * f', negative: false};

/** What follows the sum: scale, offset, residual and activation. */
export interface Epilogue {
  readonly activation: Activation;
  readonly hasResidual: boolean;
}

/**
 * Sums over windows: y[pixel, t] = Σ term(x, filter), a matrix of output pixels × output channels of a group. The inputs are x, the filter, and with
 * an epilogue scale, offset and, if there is one, the residual.
 *
 * A step takes 16 elements of the windows and of the filters into workgroup memory, in the filter's order, where the padding and what lies beyond the
 * last element are 0 on both sides and add nothing but what padding is meant to add.
 */
export function windowSums(term: Term, windows: Windows, epilogue?: Epilogue): ComputeProgram {
  const {groups, groupInChannels, groupOutChannels, filterWidth, filterSize} = windows;
  const tiling = tilingFor(groupOutChannels);
  const {across, down, rowsEach, depth} = tiling;
  const rows = tileRows(tiling);
  const columns = tileColumns(tiling);
  const quads = depth / 4;
  const imageComponents = componentsOf(groupInChannels);
  const filterComponents = componentsOf(groupOutChannels);
  const pixels = windows.batch * windows.outHeight * windows.outWidth;
  const rowTiles = Math.ceil(pixels / rows);
  const columnTiles = Math.ceil(groupOutChannels / columns);
  const imageLoads = (rows * quads) / INVOCATIONS;
  const rowsPerPass = INVOCATIONS / quads;
  const add = term.negative ? '-=' : '+=';
  const residual = epilogue?.hasResidual === true;
  return {
    form: {
      kind: 'window sums',
      term,
      tiling,
      imageComponents,
      filterComponents,
      fused: epilogue !== undefined,
      residual,
    },
    inputs: {
      images: imageComponents,
      weights: filterComponents,
      ...(epilogue === undefined ? {} : {scale: filterComponents, offset: filterComponents}),
      ...(residual ? {residual: filterComponents} : {}),
    },
    outputComponents: filterComponents,
    uniforms: {
      ...sizeUniforms(windows),
      ...(epilogue === undefined ? {} : boundUniforms(epilogue)),
      steps: [Math.ceil(filterSize / depth)],
      depthDigits: digits(depth, [filterWidth, groupInChannels]),
      tiles: [rowTiles, columnTiles],
      workgroups: [rowTiles * columnTiles * groups],
    },
    workgroupSize: [across, down, 1],
    workgroups: rowTiles * columnTiles * groups,
    code: `
  var<workgroup> imageTile: array<vec4<f32>, ${rows * quads}>;
  var<workgroup> filterTile: array<vec4<f32>, ${depth * across}>;

  fn term(x: vec4<f32>, f: vec4<f32>) -> vec4<f32> {
    return ${term.expression};
  }
  ${ADVANCE}
  ${DIGITS}
  ${IN_VAIN}
  // What of x lies under an element (i, j, k) of the filter, and under the three after it, in the window with its corner there.
  fn imagesAt(corner: vec4<i32>, element: vec3<i32>) -> vec4<f32> {
    ${IMAGES_AT[imageComponents]}
  }

  // Element n of the filters of four output channels from \`channel\` on, of those up to \`end\`.
  fn weightsAt(n: i32, channel: i32, end: i32) -> vec4<f32> {
    if (n >= uniforms.filterSize.x * uniforms.filterSize.y * uniforms.filterSize.z || channel >= end) {
      return vec4<f32>(0);
    }
    let at = n * uniforms.outSize.w + channel;
    ${fourOf('weights', filterComponents)}
  }
  ${epilogue === undefined ? '' : finish(residual, filterComponents)}
  fn main() {
    let tile = workgroupIndex();
    let columnTile = tile % uniforms.tiles.y;
    let groupAndRows = tile / uniforms.tiles.y;
    let group = groupAndRows / uniforms.tiles.x;
    let firstRow = (groupAndRows - group * uniforms.tiles.x) * ${rows};
    let end = (group + 1) * uniforms.filterSize.w;
    let channel = group * uniforms.filterSize.w + columnTile * ${columns} + i32(localId.x) * 4;
    let pixels = uniforms.outSize.x * uniforms.outSize.y * uniforms.outSize.z;
    let index = i32(localIndex);

    // What this invocation loads: four elements of some rows of the images, some rows of the filters.
    let quad = index % ${quads};
    let elementSize = vec2<i32>(uniforms.filterSize.y, uniforms.filterSize.z);
    var element = digits(4 * quad, elementSize);
    var corners: array<vec4<i32>, ${imageLoads}>;
    for (var n = 0; n < ${imageLoads}; n++) {
      corners[n] = cornerOf(firstRow + index / ${quads} + n * ${rowsPerPass}, pixels, group);
    }
    let filterColumn = (index % ${across}) * 4 + channel - i32(localId.x) * 4;
    var loadedElement = 0;

    ${each(rowsEach, (r) => `var sum${r} = vec4<f32>(0);`)}
    for (var step = 0; step < uniforms.steps; step++) {
      for (var n = 0; n < ${imageLoads}; n++) {
        imageTile[quad * ${rows} + index / ${quads} + n * ${rowsPerPass}] = imagesAt(corners[n], element);
      }
      for (var n = index; n < ${depth * across}; n += ${INVOCATIONS}) {
        filterTile[n] = weightsAt(loadedElement + n / ${across}, filterColumn, end);
      }
      element = advance(element, uniforms.depthDigits, elementSize);
      loadedElement += ${depth};
      workgroupBarrier();
      for (var q = 0; q < ${quads}; q++) {
        ${each(4, (k) => `let f${k} = filterTile[(4 * q + ${k}) * ${across} + i32(localId.x)];`)}
        ${each(rowsEach, (r) => {
          const x = `x${r}`;
          const sums = ['x', 'y', 'z', 'w']
            .map((k, n) => `sum${r} ${add} term(${x}.${k}${k}${k}${k}, f${n});`)
            .join(' ');
          return `let ${x} = imageTile[q * ${rows} + i32(localId.y) + ${r * down}]; ${sums}`;
        })}
      }
      workgroupBarrier();
    }
    let sums = array<vec4<f32>, ${rowsEach}>(${list(rowsEach, (r) => `sum${r}`)});
    for (var r = 0; r < ${rowsEach}; r++) {
      put(firstRow + i32(localId.y) + r * ${down}, pixels, channel, end, sums[r]);
    }
  }

  // The corner of an output pixel's window: its row and column, the pixel of x's array before that row, and the first channel. Without a pixel
  // it lies outside of the images.
  fn cornerOf(pixel: i32, pixels: i32, group: i32) -> vec4<i32> {
    if (pixel >= pixels) {
      return vec4<i32>(-0x40000000, 0, 0, 0);
    }
    let at = digits(pixel, uniforms.outSize.yz);
    return vec4<i32>(at.yz * uniforms.strides - uniforms.padding, at.x * uniforms.inSize.y, group * uniforms.filterSize.z);
  }

  fn put(pixel: i32, pixels: i32, channel: i32, end: i32, sum: vec4<f32>) {
    if (inVain() || pixel >= pixels || channel >= end) {
      return;
    }
    let at = pixel * uniforms.outSize.w + channel;
    ${epilogue === undefined ? 'let value = sum;' : `let value = finish(sum, channel, end, at);`}
    ${putFour(filterComponents)}
  }
`,
  };
}

/** A quad of elements is of one place of the filter if channels come in fours, otherwise each may be of the next one. */
const IMAGES_AT = {
  4: `let at = corner.xy + element.xy * uniforms.dilations;
    if (element.x >= uniforms.filterSize.x || any(at < vec2<i32>(0)) || any(at >= uniforms.inSize.yz)) {
      return vec4<f32>(0);
    }
    return images[(((corner.z + at.x) * uniforms.inSize.z + at.y) * uniforms.inSize.w + corner.w + element.z) / 4];`,
  1: `var four: array<f32, 4>;
    var next = element;
    for (var n = 0; n < 4; n++) {
      let at = corner.xy + next.xy * uniforms.dilations;
      if (next.x < uniforms.filterSize.x && all(at >= vec2<i32>(0)) && all(at < uniforms.inSize.yz)) {
        four[n] = images[((corner.z + at.x) * uniforms.inSize.z + at.y) * uniforms.inSize.w + corner.w + next.z];
      }
      next = advance(next, vec3<i32>(0, 0, 1), uniforms.filterSize.yz);
    }
    return vec4<f32>(four[0], four[1], four[2], four[3]);`,
};

/** What activations leave of the numbers. */
const BOUNDS: Readonly<Record<Activation, readonly [low: number, high: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

function boundUniforms({activation}: Epilogue): Readonly<Record<string, Uniform>> {
  const [low, high] = BOUNDS[activation];
  return {low: {float: low}, high: {float: high}};
}

/** Bounds by comparisons, which are false of NaN: it stays. */
const finish = (hasResidual: boolean, components: Components) => `
  fn scaleAt(channel: i32, end: i32) -> vec4<f32> {
    ${fourOf('scale', components, 'channel')}
  }

  fn offsetAt(channel: i32, end: i32) -> vec4<f32> {
    ${fourOf('offset', components, 'channel')}
  }
  ${
    hasResidual
      ? `
  fn residualAt(at: i32, channel: i32, end: i32) -> vec4<f32> {
    ${fourOf('residual', components)}
  }`
      : ''
  }
  fn finish(sum: vec4<f32>, channel: i32, end: i32, at: i32) -> vec4<f32> {
    let value = sum * scaleAt(channel, end) + offsetAt(channel, end)${hasResidual ? ' + residualAt(at, channel, end)' : ''};
    let low = vec4<f32>(uniforms.low);
    let high = vec4<f32>(uniforms.high);
    return select(select(value, low, value < low), high, value > high);
  }`;
