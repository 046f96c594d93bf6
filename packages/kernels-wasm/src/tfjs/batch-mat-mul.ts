// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, KernelCallError} from '@addernet/core';
import {BatchMatMul, broadcast_util} from '@tensorflow/tfjs-core';
import {runFilterGradientPass} from '../filter-gradient-pass.js';
import {addProducts} from '../grouped-conv2d-backprop-filter.js';
import {FLOAT_BYTES, type KernelCall} from '../kernel-call.js';
import {sumProducts} from '../sum-products.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {forwardPlan, inputGradientPlan} from '../window-plan.js';

/**
 * TF.js's BatchMatMul. The wasm backend's own is fast where nothing is transposed; the gradients of a dense layer transpose, and there it multiplies element
 * by element. A·B is a 1 × 1 convolution of as many images as A has rows, A·Bᵀ its input gradient, and Aᵀ·B its filter gradient.
 */
export const batchMatMul = defineTfjsKernel(BatchMatMul, (call, {kernelName, attrs, input}) => {
  const a = input('a');
  const b = input('b');
  const transposeA = attrs['transposeA'] === true;
  const transposeB = attrs['transposeB'] === true;
  const [rows, inner] = matrixShape(a.shape, transposeA);
  const [innerOfB, columns] = matrixShape(b.shape, transposeB);
  if (inner !== innerOfB) {
    throw new KernelCallError(
      `${kernelName}: a has shape [${a.shape.join(', ')}] and b [${b.shape.join(', ')}]` +
        `${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}; expected equal inner lengths, which are ${inner} and ${innerOfB}`,
    );
  }
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const matrices = sizeOf(batch);
  const addressA = call.address(a);
  const addressB = call.address(b);
  const product = call.output([...batch, rows, columns]);
  if (inner === 0 || rows === 0 || columns === 0) {
    call.floats(product.address, matrices * rows * columns).fill(0);
    return product.tensor;
  }
  const multiply = multiplier(call, rows, inner, columns, transposeA, transposeB);
  for (let matrix = 0; matrix < matrices; matrix++) {
    const matrixA = addressA + broadcastIndex(matrix, batch, batchA) * rows * inner * FLOAT_BYTES;
    const matrixB = addressB + broadcastIndex(matrix, batch, batchB) * inner * columns * FLOAT_BYTES;
    call.scope(() => multiply(matrixA, matrixB, product.address + matrix * rows * columns * FLOAT_BYTES));
  }
  return product.tensor;
});

/** Multiplies matrices at addresses `a` and `b` into `target`. */
type Multiply = (a: number, b: number, target: number) => void;

function multiplier(
  call: KernelCall,
  rows: number,
  inner: number,
  columns: number,
  transposeA: boolean,
  transposeB: boolean,
): Multiply {
  if (transposeA) {
    const geometry = pointwise(inner, rows, columns);
    const multiply: Multiply = (x, dy, dFilter) => runFilterGradientPass(call, geometry, {x, dy, dFilter}, addProducts);
    if (!transposeB) return multiply;
    const transposed = call.scratchFloats(inner * columns);
    return (a, b, target) => {
      transpose(call.floats(b, inner * columns), call.floats(transposed, inner * columns), columns);
      multiply(a, transposed, target);
    };
  }
  const plan = transposeB
    ? inputGradientPlan(pointwise(rows, columns, inner))
    : forwardPlan(pointwise(rows, inner, columns));
  return (source, filter, target) => void sumProducts(call, plan, {source, filter, target});
}

/** A 1 × 1 convolution of images of one pixel. */
function pointwise(batch: number, inChannels: number, outChannels: number): Conv2DGeometry {
  return {
    batch,
    inHeight: 1,
    inWidth: 1,
    inChannels,
    outHeight: 1,
    outWidth: 1,
    outChannels,
    filterHeight: 1,
    filterWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 0,
    padBottom: 0,
    padLeft: 0,
    padRight: 0,
    groups: 1,
  };
}

/** [rows, columns] as they are multiplied. */
function matrixShape(shape: readonly number[], transposed: boolean): readonly [number, number] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

/** Writes the transposed of a matrix of `rows` rows. */
function transpose(source: Float32Array, target: Float32Array, rows: number): void {
  const columns = source.length / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) target[column * rows + row] = source[row * columns + column];
  }
}

/** Which matrix of a batch of `shape` is the one that is `index`-th of the batch that it is broadcast to. */
function broadcastIndex(index: number, batch: readonly number[], shape: readonly number[]): number {
  let result = 0;
  let stride = 1;
  let rest = index;
  for (let axis = 1; axis <= shape.length; axis++) {
    const length = batch[batch.length - axis];
    const own = shape[shape.length - axis];
    if (own > 1) result += (rest % length) * stride;
    rest = Math.floor(rest / length);
    stride *= own;
  }
  return result;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
