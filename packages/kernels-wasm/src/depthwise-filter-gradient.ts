// SPDX-License-Identifier: Apache-2.0
import type {Conv2DGeometry} from '@addernet/core';
import {repeatChannels, repeatedGeometry} from './depthwise.js';
import type {FilterGradientTensors} from './filter-gradient-pass.js';
import {FLOAT_BYTES, type KernelCall} from './kernel-call.js';
import {imageBytes} from './padded-block.js';
import {PIXEL_BYTES} from './pixel-table.js';
import {depthwiseForwardPlan} from './window-plan.js';
import {equalBounds, TAP_NANOSECONDS} from './work.js';

/** Output pixels of a call: a cache line of each, of dY and of x, stays in a first-level cache while the taps go over them. */
const CALL_PIXELS = 128;

/** Chunks, whose sums are joined at the end, have about so many outputs; there are not more of them than keep many threads busy. */
const CHUNK_OUTPUTS = 2 ** 16;
const MOST_CHUNKS = 32;

/** What is summed, as assembly/depthwise-filter-gradient.ts numbers it: dY·X, dY·(X − F) or dY·sgn(X − F). */
export const FILTER_GRADIENT_RULE = {convolution: 0, 'full-precision': 1, sign: 2} as const;

/** Partial sums are joined eight at a time. */
const SUMS_UNIT = 8;

/** dF of a depthwise op, by the formulas as they stand. How the sums are made depends on the geometry alone. */
export function depthwiseFilterGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: Omit<FilterGradientTensors, 'correction'>,
  rule: keyof typeof FILTER_GRADIENT_RULE,
): void {
  const {batch, outHeight, outWidth, outChannels, filterHeight, filterWidth} = geometry;
  const plan = depthwiseForwardPlan(repeatedGeometry(geometry));
  const {images} = plan;
  const elements = filterHeight * filterWidth * outChannels;
  const outputs = batch * outHeight * outWidth * outChannels;
  const blocks = images === 0 ? 0 : Math.ceil(batch / images);
  const chunks = Math.max(1, Math.min(MOST_CHUNKS, blocks, Math.floor(outputs / CHUNK_OUTPUTS)));
  const sumsBytes = Math.ceil(elements / SUMS_UNIT) * SUMS_UNIT * FLOAT_BYTES;
  const sums = call.scratch(chunks * sumsBytes);

  const x = repeatChannels(call, geometry, tensors.x);
  const tables = call.table(plan.tables);
  const sourceBytes = images * imageBytes(plan.pass.source);
  const targetBytes = images * imageBytes(plan.pass.target);
  const chunkStarts = equalBounds(blocks, chunks);
  const nanoseconds = outputs * filterHeight * filterWidth * TAP_NANOSECONDS;
  call.parallel(chunks, nanoseconds, (chunk, lane) => {
    const chunkSums = sums + chunk * sumsBytes;
    lane.run('clear', chunkSums, sumsBytes);
    for (let block = chunkStarts[chunk]; block < chunkStarts[chunk + 1]; block++) {
      const count = Math.min(images, batch - block * images);
      for (const phase of plan.phases) {
        const pixelTotal = count * phase.pixelCount;
        const bounds = equalBounds(pixelTotal, Math.ceil(pixelTotal / CALL_PIXELS));
        for (let part = 0; part + 1 < bounds.length; part++) {
          lane.run(
            'depthwiseFilterGradient',
            x + block * sourceBytes,
            tensors.dy + block * targetBytes,
            tables + phase.pixels + bounds[part] * PIXEL_BYTES,
            bounds[part + 1] - bounds[part],
            tables + phase.runs,
            tables + phase.taps,
            phase.tapCount,
            tables + phase.absent,
            phase.absentCount,
            tensors.filter ?? 0,
            chunkSums,
            outChannels,
            FILTER_GRADIENT_RULE[rule],
          );
        }
      }
    }
  });
  if (chunks > 1) call.kernels.joinPartialSums(sums, chunks, sumsBytes, sumsBytes / FLOAT_BYTES);
  call.floats(tensors.dFilter, elements).set(call.floats(sums, elements));
}
