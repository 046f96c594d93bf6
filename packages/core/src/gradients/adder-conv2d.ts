// SPDX-License-Identifier: Apache-2.0
import {readFilterGradient, readGeometry, readInputGradient} from '../kernels/attributes.js';
import {runSingle} from '../kernels/run.js';
import {registerGradientOnce, registerNoGradient, savedTensors, single} from './register.js';

const SURROGATE =
  "the adder's gradients are surrogates, of which there is no gradient; second-order gradients are not defined";

/** The adder's surrogate gradients (AdderNet, eqs. 4–6), each computed only if it is asked for. */
export function registerAdderConv2DGradients(): void {
  const kernelName = 'AdderConv2D';
  registerGradientOnce({
    kernelName,
    inputsToSave: ['x', 'filter'],
    gradFunc: (dys, saved, attrs) => {
      const dy = single(dys);
      const [x, filter] = savedTensors(kernelName, saved, 2);
      const geometry = readGeometry({kernelName, attrs});
      const inputGradient = readInputGradient({kernelName, attrs});
      const filterGradient = readFilterGradient({kernelName, attrs});
      return {
        x: () => runSingle('AdderConv2DBackpropInput', {x, filter, dy}, {geometry, inputGradient}),
        filter: () => runSingle('AdderConv2DBackpropFilter', {x, filter, dy}, {geometry, filterGradient}),
      };
    },
  });
  registerNoGradient('AdderConv2DBackpropInput', SURROGATE);
  registerNoGradient('AdderConv2DBackpropFilter', SURROGATE);
}
