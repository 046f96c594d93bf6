// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import {UnsortedSegmentSum} from '@tensorflow/tfjs-core';
import {defineTfjsKernel} from '../tfjs-kernel.js';

/**
 * TF.js's UnsortedSegmentSum, the gradient of gathering and so of an embedding; its wasm backend has none. Row r of x is added to row segmentIds[r] of the
 * result; rows whose id is not of [0, numSegments) are left out, as on TF.js's cpu backend.
 */
export const unsortedSegmentSum = defineTfjsKernel(UnsortedSegmentSum, (call, given) => {
  const x = given.input('x');
  const segmentIds = given.input('segmentIds');
  const {numSegments} = given.attrs;
  if (typeof numSegments !== 'number') {
    throw new KernelCallError(
      `${given.kernelName}: attribute numSegments is ${String(numSegments)}; expected a number`,
    );
  }
  const [rows = 0, ...rowShape] = x.shape;
  if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== rows) {
    throw new KernelCallError(
      `${given.kernelName}: segmentIds has shape [${segmentIds.shape.join(', ')}]; expected [${rows}] for x of shape [${x.shape.join(', ')}]`,
    );
  }
  const width = rowShape.reduce((product, length) => product * length, 1);
  const source = call.address(x);
  const ids = call.address(segmentIds, 'int32');
  const sums = call.output([numSegments, ...rowShape]);
  call.floats(sums.address, numSegments * width).fill(0);
  call.kernels.addRowsToSegments(source, ids, rows, width, sums.address, numSegments);
  return sums.tensor;
});
