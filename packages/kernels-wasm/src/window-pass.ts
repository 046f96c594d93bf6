// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';

/**
 * How a convolution-like op, or its input gradient, walks over images: every target pixel combines a window of the source with the columns of
 * a matrix made of the filter. Strides, dilations, padding and groups all end here; the WebAssembly side knows but tables
 * (assembly/windows.ts). All offsets are counted in elements, from the start of an image, of the filter, or of a window.
 */
export interface WindowPass {
  readonly batch: number;
  readonly groups: number;
  readonly source: ImageShape;
  readonly target: ImageShape;
  /** The source with zeros around it. */
  readonly padded: {readonly top: number; readonly left: number; readonly height: number; readonly width: number};
  readonly filter: {
    /** Rows of the matrix per tap: the source's channels in a group. */
    readonly rows: number;
    readonly rowStride: number;
    /** Columns: the target's channels in a group. */
    readonly columns: number;
    readonly columnStride: number;
    readonly groupStride: number;
  };
  /** Target pixels whose windows have the same taps. Together they are all pixels. */
  readonly phases: readonly Phase[];
}

interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Phase {
  /** Per pixel two: offset of its window in the padded source image, and of its outputs in the target image. */
  readonly pixels: Int32Array;
  /** From a window to its runs of consecutive elements. */
  readonly runs: Int32Array;
  readonly runLength: number;
  /** Per tap, in the order of the runs: offset of its element (row 0, column 0) in the filter. */
  readonly taps: Int32Array;
  /** As `taps`, of those that lie in the padding, where they are not among `taps`. */
  readonly absent?: Int32Array;
  /** The runs in an image that has one value per pixel and group, instead of the source's channels. */
  readonly sumRuns: {readonly runs: Int32Array; readonly runLength: number};
}

/** Windows of the forward pass: x [batch, inHeight, inWidth, inChannels] to y. */
export function forwardPass(g: Conv2DGeometry): WindowPass {
  const rows = g.inChannels / g.groups;
  const width = g.padLeft + g.inWidth + g.padRight;
  const pixels = new Int32Array(2 * g.outHeight * g.outWidth);
  for (let row = 0, at = 0; row < g.outHeight; row++) {
    for (let column = 0; column < g.outWidth; column++) {
      pixels[at++] = (row * g.strideHeight * width + column * g.strideWidth) * g.inChannels;
      pixels[at++] = (row * g.outWidth + column) * g.outChannels;
    }
  }
  const places: TapPlace[] = [];
  for (let i = 0; i < g.filterHeight; i++) {
    for (let j = 0; j < g.filterWidth; j++) {
      places.push({row: i * g.dilationHeight, column: j * g.dilationWidth, tap: i * g.filterWidth + j});
    }
  }
  return {
    batch: g.batch,
    groups: g.groups,
    source: {height: g.inHeight, width: g.inWidth, channels: g.inChannels},
    target: {height: g.outHeight, width: g.outWidth, channels: g.outChannels},
    padded: {top: g.padTop, left: g.padLeft, height: g.padTop + g.inHeight + g.padBottom, width},
    filter: {
      rows,
      rowStride: g.outChannels,
      columns: g.outChannels / g.groups,
      columnStride: 1,
      groupStride: g.outChannels / g.groups,
    },
    phases: [{pixels, ...windowRuns(places, g, width, g.inChannels)}],
  };
}

/**
 * Windows of the input gradient: dY [batch, outHeight, outWidth, outChannels] to dX. Input pixel h meets filter row i at output row
 * (h + padTop − i·dilation) / stride where that is whole, so pixels with the same (h + padTop) mod stride share their taps.
 */
export function inputGradientPass(g: Conv2DGeometry): WindowPass {
  const rows = phaseAxis(g.strideHeight, g.dilationHeight, g.filterHeight, g.padTop, g.inHeight, g.outHeight);
  const columns = phaseAxis(g.strideWidth, g.dilationWidth, g.filterWidth, g.padLeft, g.inWidth, g.outWidth);
  const height = rows.before + g.outHeight + rows.after;
  const width = columns.before + g.outWidth + columns.after;
  const phases: Phase[] = [];
  for (const vertical of rows.phases) {
    for (const horizontal of columns.phases) {
      const pixels = new Int32Array(2 * vertical.pixels.length * horizontal.pixels.length);
      let at = 0;
      for (const row of vertical.pixels) {
        for (const column of horizontal.pixels) {
          pixels[at++] = ((rows.before + row.base) * width + columns.before + column.base) * g.outChannels;
          pixels[at++] = (row.index * g.inWidth + column.index) * g.inChannels;
        }
      }
      const places = vertical.taps.flatMap(({offset: row, index: i}) =>
        horizontal.taps.map(({offset: column, index: j}) => ({row, column, tap: i * g.filterWidth + j})),
      );
      phases.push({pixels, ...windowRuns(places, g, width, g.outChannels)});
    }
  }
  return {
    batch: g.batch,
    groups: g.groups,
    source: {height: g.outHeight, width: g.outWidth, channels: g.outChannels},
    target: {height: g.inHeight, width: g.inWidth, channels: g.inChannels},
    padded: {top: rows.before, left: columns.before, height, width},
    filter: {
      rows: g.outChannels / g.groups,
      rowStride: 1,
      columns: g.inChannels / g.groups,
      columnStride: g.outChannels,
      groupStride: g.outChannels / g.groups,
    },
    phases,
  };
}

/** A tap's pixel, from that of its window, and its index in the filter's [filterHeight, filterWidth]. */
interface TapPlace {
  readonly row: number;
  readonly column: number;
  readonly tap: number;
}

/** The runs of a window; where all channels belong to one group, neighbouring pixels are one run. */
function windowRuns(
  places: readonly TapPlace[],
  g: Conv2DGeometry,
  width: number,
  channels: number,
): Omit<Phase, 'pixels'> {
  const tapElements = (g.inChannels / g.groups) * g.outChannels;
  const taps = Int32Array.from(places, ({tap}) => tap * tapElements);
  const perRow = places.filter(({row}) => row === places[0]?.row).length;
  const mergeable =
    g.groups === 1 &&
    places.every(({row, column}, index) => {
      if (index % perRow === 0) return true;
      const previous = places[index - 1];
      return previous !== undefined && previous.row === row && previous.column + 1 === column;
    });
  const starts = mergeable ? places.filter((_, index) => index % perRow === 0) : places;
  const pixels = mergeable ? perRow : 1;
  const runsOf = (imageChannels: number) => ({
    runs: Int32Array.from(starts, ({row, column}) => (row * width + column) * imageChannels),
    runLength: (pixels * imageChannels) / g.groups,
  });
  return {taps, ...runsOf(channels), sumRuns: runsOf(g.groups)};
}

interface AxisPhase {
  /** Input positions, and the output position from which their taps' offsets count. */
  readonly pixels: readonly {readonly index: number; readonly base: number}[];
  /** Filter positions that meet them, by ascending output position. */
  readonly taps: readonly {readonly index: number; readonly offset: number}[];
}

/** One axis of the input gradient: its phases, and the zeros that dY needs before and after. */
function phaseAxis(
  stride: number,
  dilation: number,
  filterLength: number,
  pad: number,
  inLength: number,
  outLength: number,
): {readonly phases: readonly AxisPhase[]; readonly before: number; readonly after: number} {
  const phases: AxisPhase[] = [];
  let before = 0;
  let after = 0;
  for (let remainder = 0; remainder < stride; remainder++) {
    const taps = [];
    for (let index = filterLength - 1; index >= 0; index--) {
      const distance = remainder - index * dilation;
      if (distance % stride === 0) taps.push({index, offset: distance / stride});
    }
    const pixels = [];
    for (let index = 0; index < inLength; index++) {
      if ((index + pad) % stride === remainder) pixels.push({index, base: (index + pad - remainder) / stride});
    }
    const [first] = pixels;
    const last = pixels[pixels.length - 1];
    if (first === undefined || last === undefined) continue;
    // The window's own pixel is addressed even where no tap is on it.
    const offsets = [0, ...taps.map(({offset}) => offset)];
    before = Math.max(before, -(first.base + Math.min(...offsets)));
    after = Math.max(after, last.base + Math.max(...offsets) - (outLength - 1));
    phases.push({pixels, taps});
  }
  return {phases, before, after};
}
