// SPDX-License-Identifier: Apache-2.0
import {describeValue} from './describe-value.js';
import {ArgumentError, ShapeError} from './errors.js';
import type {Conv2DGeometry} from './kernels/contract.js';

/** Zeros before and after each axis of x, NHWC: `[[0, 0], [top, bottom], [left, right], [0, 0]]`. */
export type ExplicitPadding = readonly [
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
];

/**
 * - 'valid': none.
 * - 'same': TensorFlow's, so that the output is ⌈input / stride⌉; where the total is odd, the extra zero is at the bottom or right.
 * - a number: that many zeros on all four sides (PyTorch's `padding`).
 * - explicit: zeros per side.
 */
export type Padding = 'same' | 'valid' | number | ExplicitPadding;

/** A number for both axes, or `[height, width]`. */
export type Pair = number | readonly [number, number];

/** A 2-D convolution-like op as its caller writes it. */
export interface Conv2DGeometryArgs {
  /** Named in errors. */
  readonly opName: string;
  /** [batch, inHeight, inWidth, inChannels] */
  readonly xShape: readonly number[];
  /** [filterHeight, filterWidth, inChannels / groups, outChannels] */
  readonly filterShape: readonly number[];
  /** In pixels, at least 1. */
  readonly strides: Pair;
  readonly pad: Padding;
  /** From one tap to the next, in pixels. Default 1: no gaps. */
  readonly dilations?: Pair;
  /** Default 1. Output channels of a group are contiguous. */
  readonly groups?: number;
}

/**
 * Resolves strides, dilations, padding and groups of a 2-D convolution-like op into explicit numbers.
 *
 * @throws ArgumentError for strides, dilations, padding or groups outside their valid values.
 * @throws ShapeError for shapes that do not fit each other, or when the output would be smaller than 1 × 1. An empty batch is fine.
 */
export function conv2dGeometry(args: Conv2DGeometryArgs): Conv2DGeometry {
  const {opName, xShape, filterShape, pad} = args;
  const [strideHeight, strideWidth] = positivePair(opName, 'strides', args.strides);
  const [dilationHeight, dilationWidth] = positivePair(opName, 'dilations', args.dilations ?? 1);
  const groups = args.groups ?? 1;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(`${opName}: groups is ${describeValue(groups)}; expected an integer of at least 1`);
  }

  const [batch, inHeight, inWidth, inChannels] = shape4d(opName, 'x', '[batch, height, width, inChannels]', xShape);
  const [filterHeight, filterWidth, filterInChannels, outChannels] = shape4d(
    opName,
    'filter',
    '[filterHeight, filterWidth, inChannels / groups, outChannels]',
    filterShape,
  );
  if (filterShape.some((size) => size < 1)) {
    throw new ShapeError(`${opName}: filter has shape [${filterShape.join(', ')}]; every size must be at least 1`);
  }
  if (filterInChannels * groups !== inChannels) {
    throw new ShapeError(
      groups === 1
        ? `${opName}: filter has inChannels ${filterInChannels}; x has ${inChannels}`
        : `${opName}: filter has inChannels ${filterInChannels} in each of ${groups} groups, ` +
            `${filterInChannels * groups} in all; x has ${inChannels}`,
    );
  }
  if (outChannels % groups !== 0) {
    throw new ShapeError(
      `${opName}: filter has outChannels ${outChannels}, which ${groups} groups do not divide; ` +
        `expected a multiple of ${groups}`,
    );
  }

  const vertical = resolveAxis(opName, 'height', pad, 1, inHeight, filterHeight, strideHeight, dilationHeight);
  const horizontal = resolveAxis(opName, 'width', pad, 2, inWidth, filterWidth, strideWidth, dilationWidth);
  return {
    batch,
    inHeight,
    inWidth,
    inChannels,
    outHeight: vertical.out,
    outWidth: horizontal.out,
    outChannels,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop: vertical.before,
    padBottom: vertical.after,
    padLeft: horizontal.before,
    padRight: horizontal.after,
    groups,
  };
}

/** Reads `value` as [height, width] of integers ≥ 1. */
function positivePair(opName: string, name: string, value: Pair): readonly [number, number] {
  const pair: readonly unknown[] = typeof value === 'number' ? [value, value] : Array.isArray(value) ? value : [];
  const [height, width] = pair;
  if (pair.length === 2 && isIntegerFrom(1, height) && isIntegerFrom(1, width)) return [height, width];
  throw new ArgumentError(
    `${opName}: ${name} is ${describeValue(value)}; expected an integer of at least 1, or a pair [height, width] of such`,
  );
}

function shape4d(
  opName: string,
  name: string,
  layout: string,
  shape: readonly number[],
): readonly [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (shape.length === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined) {
    return [a, b, c, d];
  }
  throw new ShapeError(`${opName}: ${name} has shape [${shape.join(', ')}]; expected rank 4, ${layout}`);
}

function resolveAxis(
  opName: string,
  axis: 'height' | 'width',
  pad: Padding,
  padAxis: 1 | 2,
  inSize: number,
  filterSize: number,
  stride: number,
  dilation: number,
): {readonly out: number; readonly before: number; readonly after: number} {
  const extent = (filterSize - 1) * dilation + 1;
  if (pad === 'same') {
    const out = Math.ceil(inSize / stride);
    if (out < 1) throw new ShapeError(`${opName}: x has ${axis} ${inSize}; expected at least 1`);
    const total = Math.max(0, (out - 1) * stride + extent - inSize);
    const before = Math.floor(total / 2);
    return {out, before, after: total - before};
  }
  const [before, after] = explicitPads(opName, pad, padAxis);
  const out = Math.floor((inSize + before + after - extent) / stride) + 1;
  if (out < 1) {
    throw new ShapeError(
      `${opName}: filter covers ${extent} of ${axis} (size ${filterSize}, dilation ${dilation}); ` +
        `the padded x has ${inSize + before + after} (${inSize} + ${before} + ${after}), so that nothing is left of the output`,
    );
  }
  return {out, before, after};
}

function explicitPads(opName: string, pad: Exclude<Padding, 'same'>, padAxis: 1 | 2): readonly [number, number] {
  if (pad === 'valid') return [0, 0];
  if (isIntegerFrom(0, pad)) return [pad, pad];
  if (isExplicitPadding(pad)) return pad[padAxis];
  throw new ArgumentError(
    `${opName}: pad is ${describeValue(pad)}; expected 'same', 'valid', a non-negative integer, ` +
      'or [[0, 0], [top, bottom], [left, right], [0, 0]] of such',
  );
}

/** Whether `pad` is explicit padding of height and width alone. */
function isExplicitPadding(pad: unknown): pad is ExplicitPadding {
  return (
    Array.isArray(pad) &&
    pad.length === 4 &&
    pad.every((side) => Array.isArray(side) && side.length === 2 && side.every((size) => isIntegerFrom(0, size))) &&
    [pad[0], pad[3]].every((side) => side[0] === 0 && side[1] === 0)
  );
}

function isIntegerFrom(least: number, value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}
