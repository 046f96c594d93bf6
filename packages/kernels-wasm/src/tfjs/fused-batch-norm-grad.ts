// SPDX-License-Identifier: Apache-2.0
import {GradientError, KernelCallError} from '@addernet/core';
import {
  engine,
  FusedBatchNorm,
  getBackend,
  getGradient,
  getKernel,
  type GradConfig,
  type NamedAttrMap,
  registerGradient,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {channelSums, columnTable, parallelRows, restFloats, sumRowChunks, wideColumns} from '../columns.js';
import {FLOAT_BYTES} from '../kernel-call.js';
import {defineTfjsKernel} from '../tfjs-kernel.js';

const kernelName = 'FusedBatchNormGrad';

/**
 * Gradients of TF.js's batch normalisation y = (x − mean)·r·scale + offset with r = 1/√(variance + varianceEpsilon), of given mean and variance [channels] and
 * x [..., channels]. Outputs dx, dMean, dVariance, dScale and dOffset; all follow from Σdy, Σdy·(x − mean) and one pass for dx. TF.js has no such kernel: its
 * gradient is some twenty ops over all of x.
 */
export const fusedBatchNormGrad = defineTfjsKernel(kernelName, (call, {attrs, input}) => {
  const epsilon = readEpsilon(attrs);
  const xTensor = input('x');
  const size = xTensor.shape.reduce((product, length) => product * length, 1);
  const channels = xTensor.shape[xTensor.shape.length - 1] ?? 1;
  const rows = channels === 0 ? 0 : size / channels;
  const dy = call.address(input('dy'));
  const x = call.address(xTensor);
  const vectors = ['mean', 'variance', 'scale'].map((name) => call.address(input(name)));
  const dx = call.output(xTensor.shape);
  const [dMean, dVariance, dScale, dOffset] = [0, 1, 2, 3].map(() => call.output([channels]));
  const [mean, variance, scale] = vectors.map((address) => call.floats(address, channels).slice());
  const inverseDeviation = Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon));

  const columns = wideColumns(rows, channels);
  const {width} = columns;
  const means = columnTable(call, columns, [(channel) => mean[channel]]);
  const wide = sumRowChunks(call, columns, 2, (lane, {first, rows: count, target}) => {
    const offset = first * width * FLOAT_BYTES;
    lane.run('batchNormGradientSums', dy + offset, x + offset, count, width, means, target);
  });
  const dyRest = restFloats(call, dy, columns);
  const xRest = restFloats(call, x, columns);
  const products = dyRest.map((value, column) => value * (xRest[column] - mean[column % channels]));
  const dySums = channelSums(columns, wide.subarray(0, width), dyRest);
  const deviationSums = channelSums(columns, wide.subarray(width), products);

  const factor = inverseDeviation.map((value, channel) => value * scale[channel]);
  call.floats(dMean.address, channels).set(dySums.map((sum, channel) => -sum * factor[channel]));
  call
    .floats(dVariance.address, channels)
    .set(deviationSums.map((sum, channel) => -0.5 * sum * factor[channel] * inverseDeviation[channel] ** 2));
  call.floats(dScale.address, channels).set(deviationSums.map((sum, channel) => sum * inverseDeviation[channel]));
  call.floats(dOffset.address, channels).set(dySums);
  const table = columnTable(call, columns, [() => 0, (channel) => factor[channel], () => 0]);
  parallelRows(call, columns, size, (lane, offset, count) =>
    lane.run('normalizeColumns', dy + offset, dx.address + offset, count, width, table),
  );
  return [dx, dMean, dVariance, dScale, dOffset].map(({tensor}) => tensor);
});

/** Ours, so as not to replace it again. */
let registered: GradConfig | undefined;

/** Makes TF.js use the kernel in its gradient of batchNorm; on backends without it, and where it does not fit, the gradient stays what it was. */
export function registerBatchNormGradient(): void {
  const original = getGradient(FusedBatchNorm);
  if (original === undefined || original === registered) return;
  registered = {
    ...original,
    gradFunc(dy, saved, attrs) {
      const [x, mean, variance, scale] = saved;
      const slope = Array.isArray(dy) ? dy[0] : dy;
      if (!isServed([slope, x, mean, variance, scale])) return original.gradFunc(dy, saved, attrs);
      // One kernel gives all five, which share their sums; TF.js frees what nobody asks for at the end of the backward pass.
      const [dx, dMean, dVariance, dScale, dOffset] = engine().runKernel<Tensor[]>(
        kernelName,
        {dy: slope, x, mean, variance, scale},
        {varianceEpsilon: readEpsilon(attrs)},
      );
      return {
        x: () => dx,
        mean: () => dMean,
        variance: () => dVariance,
        scale: () => dScale,
        offset: () => dOffset,
      };
    },
  };
  registerGradient(registered);
  registerGradient({
    kernelName,
    gradFunc() {
      throw new GradientError(
        `${kernelName}: second-order gradients of batchNorm are not implemented on wasm with {override: true}; register the kernels without it`,
      );
    },
  });
}

/** Of float32, and with a mean, a variance and a scale per channel. */
function isServed([dy, x, ...vectors]: readonly (Tensor | undefined)[]): boolean {
  if (!getKernel(kernelName, getBackend()) || dy?.dtype !== 'float32' || x?.dtype !== 'float32') return false;
  const channels = x.shape[x.shape.length - 1];
  return vectors.every((vector) => {
    return vector?.dtype === 'float32' && vector.shape.length === 1 && vector.shape[0] === channels;
  });
}

function readEpsilon(attrs: NamedAttrMap): number {
  const {varianceEpsilon} = attrs;
  if (typeof varianceEpsilon === 'number') return varianceEpsilon;
  throw new KernelCallError(
    `${kernelName}: attribute varianceEpsilon is ${String(varianceEpsilon)}; expected a number`,
  );
}
