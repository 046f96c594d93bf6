// SPDX-License-Identifier: Apache-2.0
import {type KernelConfig, Mean, Sum, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {channelSums, restFloats, sumRowChunks, wideColumns} from '../columns.js';
import {FLOAT_BYTES, type KernelCall} from '../kernel-call.js';
import {parallelFloats} from '../parallel-floats.js';
import {defineTfjsKernel, type TfjsArguments} from '../tfjs-kernel.js';

/** From so many sums on, each of consecutive elements, they are made side by side, in float32. */
const MANY_STRETCHES = 16;

/**
 * TF.js's Sum. The wasm backend's own transposes the tensor first where other axes than the last ones are summed over, as in the gradient of a bias; this one
 * adds whole rows, in float64 from block to block.
 */
export const sum: KernelConfig = defineTfjsKernel(Sum, (call, given) => {
  const {x, axes, outShape} = readReduction(given);
  if (x.dtype === 'float32') return reduceFloats(call, x, axes, outShape, () => 1);
  const total = call.output(outShape, 'int32');
  const values = x.dtype === 'bool' ? call.bytes(x) : call.int32s(call.address(x, 'int32'), sizeOf(x.shape));
  const sums = call.int32s(total.address, sizeOf(outShape)).fill(0);
  const strides = targetStrides(x.shape, axes);
  values.forEach((value, index) => (sums[targetIndex(index, x.shape, strides)] += value));
  return total.tensor;
});

/** TF.js's Mean, which is half of its batch normalisation in training; made as `sum` is. */
export const mean: KernelConfig = defineTfjsKernel(Mean, (call, given) => {
  const {x, axes, outShape} = readReduction(given);
  return reduceFloats(call, x, axes, outShape, (count) => 1 / count);
});

function readReduction({attrs, input}: TfjsArguments): {
  readonly x: TensorInfo;
  readonly axes: readonly number[];
  readonly outShape: readonly number[];
} {
  const x = input('x');
  const {axis, keepDims} = attrs;
  const given = typeof axis === 'number' || isNumbers(axis) ? axis : x.shape.map((_, index) => index);
  const axes = util.parseAxisParam(given, x.shape);
  const kept = x.shape.map((length, index) => (axes.includes(index) ? 1 : length));
  return {x, axes, outShape: keepDims === true ? kept : kept.filter((_, index) => !axes.includes(index))};
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number');
}

/** Neighbouring axes that are all summed over, or none of them. */
interface AxisBlock {
  length: number;
  readonly reduced: boolean;
}

/** @param scaleOf from the number of elements of a sum to what it is multiplied by */
function reduceFloats(
  call: KernelCall,
  x: TensorInfo,
  axes: readonly number[],
  outShape: readonly number[],
  scaleOf: (count: number) => number,
): TensorInfo {
  const result = call.output(outShape);
  const blocks: AxisBlock[] = [];
  x.shape.forEach((length, axis) => {
    const reduced = axes.includes(axis);
    const last = blocks[blocks.length - 1];
    if (length === 1) return;
    if (last?.reduced === reduced) last.length *= length;
    else blocks.push({length, reduced});
  });
  const scale = scaleOf(axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1));
  let source = floatsOf(call, x);
  let remaining = blocks.filter(({reduced}) => reduced).length;
  if (remaining === 0) {
    const size = sizeOf(x.shape);
    call.floats(result.address, size).set(call.floats(source, size));
  }
  for (let at = blocks.length - 1; at >= 0; at--) {
    if (!blocks[at].reduced) continue;
    const outer = blocks.slice(0, at).reduce((product, {length}) => product * length, 1);
    const inner = blocks
      .slice(at + 1)
      .reduce((product, {length, reduced}) => (reduced ? product : product * length), 1);
    remaining--;
    const target = remaining === 0 ? result.address : call.scratchFloats(outer * inner);
    reduceBlock(call, source, outer, blocks[at].length, inner, target, remaining === 0 ? scale : 1);
    source = target;
  }
  return result.tensor;
}

/** Sums x [outer, reduced, inner] over its middle axis, times `scale`. */
function reduceBlock(
  call: KernelCall,
  x: number,
  outer: number,
  reduced: number,
  inner: number,
  target: number,
  scale: number,
): void {
  if (reduced === 0) {
    call.floats(target, outer * inner).fill(0 * scale);
    return;
  }
  if (inner === 1 && outer >= MANY_STRETCHES) {
    parallelFloats(call, outer, (lane, offset, length) =>
      lane.run('sumStretches', x + offset * reduced, length, reduced, target + offset),
    );
    if (scale !== 1) {
      const sums = call.floats(target, outer);
      sums.forEach((value, index) => (sums[index] = value * scale));
    }
    return;
  }
  const columns = wideColumns(reduced, inner);
  for (let part = 0; part < outer; part++) {
    const source = x + part * reduced * inner * FLOAT_BYTES;
    const wide = sumRowChunks(call, columns, 1, (lane, {first, rows, target: sums}) =>
      lane.run('sumColumns', source + first * columns.width * FLOAT_BYTES, rows, columns.width, sums),
    );
    const sums = channelSums(columns, wide, restFloats(call, source, columns));
    call.floats(target + part * inner * FLOAT_BYTES, inner).set(sums.map((value) => value * scale));
  }
}

/** Address of the values as float32. */
function floatsOf(call: KernelCall, x: TensorInfo): number {
  if (x.dtype === 'float32') return call.address(x);
  const size = sizeOf(x.shape);
  const address = call.scratchFloats(size);
  const values = x.dtype === 'bool' ? call.bytes(x) : call.int32s(call.address(x, 'int32'), size);
  call.floats(address, size).set(values);
  return address;
}

/** How far an index of the result moves with each axis of x: not at all where it is summed over. */
function targetStrides(shape: readonly number[], axes: readonly number[]): number[] {
  const strides = shape.map(() => 0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

function targetIndex(index: number, shape: readonly number[], strides: readonly number[]): number {
  let result = 0;
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return result;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
