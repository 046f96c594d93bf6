// SPDX-License-Identifier: Apache-2.0
import {readGeometry} from '../kernels/attributes.js';
import {runSingle} from '../kernels/run.js';
import {registerGradientOnce, savedTensors, single} from './register.js';

/**
 * The convolution's gradients. y is linear in x and in the filter, and so are the gradients in dy and the other one: their gradients are the
 * same three kernels again, which gives derivatives of every order.
 */
export function registerConv2DGradients(): void {
  registerGradientOnce({
    kernelName: 'GroupedConv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attrs) => {
      const dy = single(dys);
      const [x, filter] = savedTensors('GroupedConv2D', saved, 2);
      const geometry = readGeometry({kernelName: 'GroupedConv2D', attrs});
      return {
        x: () => runSingle('GroupedConv2DBackpropInput', {filter, dy}, {geometry}),
        filter: () => runSingle('GroupedConv2DBackpropFilter', {x, dy}, {geometry}),
      };
    },
  });
  registerGradientOnce({
    kernelName: 'GroupedConv2DBackpropInput',
    inputsToSave: ['filter', 'dy'],
    gradFunc: (ddxs, saved, attrs) => {
      const ddx = single(ddxs);
      const [filter, dy] = savedTensors('GroupedConv2DBackpropInput', saved, 2);
      const geometry = readGeometry({kernelName: 'GroupedConv2DBackpropInput', attrs});
      return {
        filter: () => runSingle('GroupedConv2DBackpropFilter', {x: ddx, dy}, {geometry}),
        dy: () => runSingle('GroupedConv2D', {x: ddx, filter}, {geometry}),
      };
    },
  });
  registerGradientOnce({
    kernelName: 'GroupedConv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddFilters, saved, attrs) => {
      const ddFilter = single(ddFilters);
      const [x, dy] = savedTensors('GroupedConv2DBackpropFilter', saved, 2);
      const geometry = readGeometry({kernelName: 'GroupedConv2DBackpropFilter', attrs});
      return {
        x: () => runSingle('GroupedConv2DBackpropInput', {filter: ddFilter, dy}, {geometry}),
        dy: () => runSingle('GroupedConv2D', {x, filter: ddFilter}, {geometry}),
      };
    },
  });
}
