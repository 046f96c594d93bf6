// SPDX-License-Identifier: Apache-2.0
import {getBackend} from '@tensorflow/tfjs-core';
import type {Conv2DGeometry} from '../contract.js';
import {registeredKernel} from '../register-kernels.js';

type TfjsKernelName = 'Conv2DBackpropInput' | 'Conv2DBackpropFilter';

/** Whether TF.js's own gradient kernel of Conv2D does this: it knows neither groups nor dilations, and not every backend has it. */
export function tfjsCanBackprop(kernelName: TfjsKernelName, g: Conv2DGeometry): boolean {
  return (
    g.groups === 1 &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1 &&
    registeredKernel(kernelName, getBackend()) !== undefined
  );
}

/** Attributes of TF.js's Conv2D kernels. */
export function tfjsAttributes(g: Conv2DGeometry) {
  return {
    strides: [g.strideHeight, g.strideWidth],
    pad: [
      [0, 0],
      [g.padTop, g.padBottom],
      [g.padLeft, g.padRight],
      [0, 0],
    ],
    dataFormat: 'NHWC',
    dilations: [g.dilationHeight, g.dilationWidth],
  };
}
