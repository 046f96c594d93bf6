// SPDX-License-Identifier: Apache-2.0
import {defineKernel} from '@addernet/core';
import {BACKEND_NAME, isWasmBackend} from './backend.js';
import {geometryTable} from './geometry-table.js';
import {runKernel} from './kernel-call.js';
import {mostPixels, packFilter, PANEL_WIDTH, runWindowPass} from './run-window-pass.js';
import {forwardPass} from './window-pass.js';

const kernelName = 'AdderConv2D';

/** Y = −Σ|X − F| (AdderNet, arXiv 1912.13200, eq. 2). */
export const adderConv2d = defineKernel({
  kernelName,
  backendName: BACKEND_NAME,
  isBackend: isWasmBackend,
  compute({inputs, attrs: {geometry}, backend}) {
    return runKernel(kernelName, backend, (call) => {
      const x = call.address(inputs.x);
      const filter = call.address(inputs.filter);
      const {batch, outHeight, outWidth, outChannels} = geometry;
      const y = call.output([batch, outHeight, outWidth, outChannels]);
      const pass = forwardPass(geometry);
      const packed = packFilter(call, pass, filter);
      const [{panels, panelCount, rows} = {panels: 0, panelCount: 0, rows: 0}] = packed;
      const panelSums = call.scratchFloats(panelCount * PANEL_WIDTH);
      call.kernels.sumPanelColumns(panels, panelSums, panelCount, rows);
      const windowSums = call.scratchFloats(mostPixels(pass));
      let finite = true;
      runWindowPass(call, pass, x, packed, y.address, (windows) => {
        const {source, target, pixels, pixelCount, runs, runCount, runLength, columns, firstPanel} = windows;
        call.kernels.sumWindows(source, pixels, pixelCount, runs, runCount, runLength, windowSums);
        const sums = panelSums + firstPanel * PANEL_WIDTH * 4;
        const answer = call.kernels.adderConv2d(
          source,
          target,
          pixels,
          pixelCount,
          runs,
          runCount,
          runLength,
          windows.panels,
          columns,
          windowSums,
          sums,
        );
        finite = finite && answer === 1;
      });
      if (!finite) call.kernels.adderConv2dRepair(call.table(geometryTable(geometry)), x, filter, y.address);
      return y.tensor;
    });
  },
});
