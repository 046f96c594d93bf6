// SPDX-License-Identifier: Apache-2.0
import {type Conv2DGeometry, defineKernel, type FilterGradient} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {channelSums, doubles, restFloats, sumRowChunks, wideColumns} from './columns.js';
import {isDepthwise} from './depthwise.js';
import {depthwiseFilterGradient} from './depthwise-filter-gradient.js';
import {type FilterGradientTensors, PANEL_WIDTH, runFilterGradientPass} from './filter-gradient-pass.js';
import {addProducts} from './grouped-conv2d-backprop-filter.js';
import {FLOAT_BYTES, type KernelCall, runKernel} from './kernel-call.js';

const kernelName = 'AdderConv2DBackpropFilter';

/**
 * dF = ΣdY·(X − F) ('full-precision', AdderNet, arXiv 1912.13200, eq. 5) or ΣdY·sgn(X − F) ('sign', eq. 4). A tap in the padding has X = 0 and
 * contributes.
 */
export const adderConv2dBackpropFilter = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry, filterGradient}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const dy = call.address(inputs.dy);
      const dFilter = call.output(inputs.filter.shape);
      const tensors = {x, filter, dy, dFilter: dFilter.address};
      if (isDepthwise(geometry)) depthwiseFilterGradient(call, geometry, tensors, filterGradient);
      else if (filterGradient === 'sign') signGradient(call, geometry, tensors);
      else fullPrecisionGradient(call, geometry, tensors);
      return dFilter.tensor;
    });
  },
});

type Tensors = Required<Omit<FilterGradientTensors, 'correction'>>;

/** ΣdY·(X − F) = ΣdY·X − F·ΣdY: the convolution's filter gradient and a correction. */
function fullPrecisionGradient(call: KernelCall, geometry: Conv2DGeometry, tensors: Tensors): void {
  const {x, dy, filter, dFilter} = tensors;
  const {batch, outHeight, outWidth, outChannels} = geometry;
  const columns = wideColumns(batch * outHeight * outWidth, outChannels);
  const wideSums = sumRowChunks(call, columns, 1, (lane, {first, rows, target}) =>
    lane.run('sumColumns', dy + first * columns.width * FLOAT_BYTES, rows, columns.width, target),
  );
  const sums = channelSums(columns, wideSums, restFloats(call, dy, columns));
  // A panel of a group may reach beyond the channels.
  const dySums = call.scratch((outChannels + PANEL_WIDTH) * sums.BYTES_PER_ELEMENT);
  const table = doubles(call, dySums, outChannels + PANEL_WIDTH);
  table.fill(0);
  table.set(sums);

  const finite = runFilterGradientPass(call, geometry, {x, dy, dFilter, correction: {filter, dySums}}, addProducts);
  if (!finite) directGradient(call, geometry, tensors, 'full-precision');
}

function signGradient(call: KernelCall, geometry: Conv2DGeometry, tensors: Tensors): void {
  const {batch, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels} = geometry;
  const counts: readonly (readonly [address: number, count: number])[] = [
    [tensors.x, batch * inHeight * inWidth * inChannels],
    [tensors.filter, geometry.filterHeight * geometry.filterWidth * (inChannels / geometry.groups) * outChannels],
    [tensors.dy, batch * outHeight * outWidth * outChannels],
  ];
  if (!counts.every(([address, count]) => call.kernels.allFinite(address, count) === 1)) {
    directGradient(call, geometry, tensors, 'sign');
    return;
  }
  runFilterGradientPass(call, geometry, tensors, (lane, windows) =>
    lane.run(
      'adderConv2dBackpropFilterSign',
      windows.source,
      windows.pixels,
      windows.pixelCount,
      windows.rowOffsets,
      windows.rows,
      windows.dyPanels,
      windows.columns,
      windows.target,
      windows.filter,
    ),
  );
}

/** The formula as it stands, for infinities and NaN. */
function directGradient(
  call: KernelCall,
  geometry: Conv2DGeometry,
  tensors: Tensors,
  filterGradient: FilterGradient,
): void {
  runFilterGradientPass(call, geometry, tensors, (lane, windows) =>
    lane.run(
      'adderConv2dBackpropFilterDirect',
      windows.source,
      windows.pixels,
      windows.pixelCount,
      windows.rowOffsets,
      windows.rows,
      windows.dyPanels,
      windows.columns,
      windows.target,
      windows.filter,
      filterGradient === 'sign' ? 1 : 0,
    ),
  );
}
