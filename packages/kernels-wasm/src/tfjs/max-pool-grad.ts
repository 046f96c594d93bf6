// SPDX-License-Identifier: Apache-2.0
import {MaxPoolGrad} from '@tensorflow/tfjs-core';
import {geometryTable} from '../geometry-table.js';
import {FLOAT_BYTES} from '../kernel-call.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';
import {elementwiseParts, equalBounds, FLOAT_NANOSECONDS} from '../work.js';
import {poolingGeometry} from './window-attributes.js';

/**
 * TF.js's MaxPoolGrad: dY goes to the first of the largest elements of its window, as on TF.js's cpu backend. The wasm backend's own starts from the
 * smallest positive number in place of −∞ and so loses the gradient of every window without a positive element.
 */
export const maxPoolGrad = defineTfjsKernel(MaxPoolGrad, (call, given) => {
  const x = given.input('input');
  const geometry = poolingGeometry(given, x.shape);
  const {batch, inHeight, inWidth, outHeight, outWidth, inChannels} = geometry;
  const dy = call.address(given.input('dy'));
  const source = call.address(x);
  const dx = call.output(x.shape);
  const table = call.table(geometryTable(geometry));
  const imageBytes = inHeight * inWidth * inChannels * FLOAT_BYTES;
  const dyImageBytes = outHeight * outWidth * inChannels * FLOAT_BYTES;
  const bounds = equalBounds(
    batch,
    Math.max(1, Math.min(batch, elementwiseParts(batch * inHeight * inWidth * inChannels))),
  );
  call.parallel(bounds.length - 1, 2 * batch * inHeight * inWidth * inChannels * FLOAT_NANOSECONDS, (part, lane) => {
    const first = bounds[part];
    const images = bounds[part + 1] - first;
    const offset = first * imageBytes;
    lane.run('maxPoolGrad', table, images, dy + first * dyImageBytes, source + offset, dx.address + offset);
  });
  return dx.tensor;
});
