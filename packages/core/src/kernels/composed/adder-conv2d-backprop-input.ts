// SPDX-License-Identifier: Apache-2.0
import {
  add,
  clipByValue,
  concat,
  type KernelConfig,
  maximum,
  minimum,
  mul,
  reshape,
  sign,
  sub,
  sum,
  type Tensor,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry, InputGradient} from '../contract.js';
import {accumulate} from './accumulate.js';
import {defineComposed} from './define-composed.js';
import {nanMask} from './nan-mask.js';
import {divide, filterMatrix, overBatch, overGroups, rowsOf} from './parts.js';
import {addPatches, emptyPhases, imagesOf, patchesOf, phasesOf} from './patches.js';

/** dX = ΣdY·slope(F − X) for any backend: for the patches of some images, one filter after the other, then put back where they were seen. */
export function composedAdderConv2DBackpropInput(backendName: string): KernelConfig {
  return defineComposed(
    'AdderConv2DBackpropInput',
    backendName,
    (tensor, {x, filter, dy}, {geometry: g, inputGradient}) =>
      g.batch === 0
        ? zeros(x.shape)
        : overGroups([tensor(x), tensor(filter), tensor(dy)], g, ([images, weights, gradients], group) =>
            backpropInput(images, weights, gradients, group, slopeOf(inputGradient, backendName)),
          ),
  );
}

type Slope = (difference: Tensor) => Tensor;

function slopeOf(inputGradient: InputGradient, backendName: string): Slope {
  switch (inputGradient) {
    case 'hard-tanh':
      return backendName === 'webgl' ? clipEach : (difference) => clipByValue(difference, -1, 1);
    case 'sign':
      return sign;
    case 'full-precision':
      return (difference) => difference;
  }
}

/** TF.js's clipByValue on webgl works on four values at a time, and clips none of them where one is NaN. */
const clipEach: Slope = (difference) => minimum(maximum(difference, -1), 1);

function backpropInput(x: Tensor, filter: Tensor, dy: Tensor, g: Conv2DGeometry, slope: Slope): Tensor {
  const {images, placeSets} = divide(g);
  const filters = placeSets.map((places) => {
    const matrix = filterMatrix(filter, g, places);
    return {places, rows: rowsOf(transpose(matrix)), nan: sum(nanMask(matrix), 1)};
  });
  const parts = overBatch([x, dy], images, (part, dyPart) => {
    const phases = phasesOf(part, g);
    const [partImages] = part.shape;
    const pixels = partImages * g.outHeight * g.outWidth;
    const dyColumns = rowsOf(transpose(reshape(dyPart, [pixels, g.outChannels]))).map((row) =>
      reshape(row, [pixels, 1]),
    );
    let dx = emptyPhases(partImages, g);
    for (const {places, rows, nan} of filters) {
      const patches = patchesOf(phases, g, places);
      let dPatches: Tensor = add(nanMask(patches), nan);
      rows.forEach((row, t) => {
        dPatches = accumulate(dPatches, (before) => add(before, mul(slope(sub(row, patches)), dyColumns[t])));
      });
      dx = addPatches(dx, dPatches, g, places);
      patches.dispose();
      dPatches.dispose();
    }
    return imagesOf(dx, g);
  });
  return concat(parts, 0);
}
