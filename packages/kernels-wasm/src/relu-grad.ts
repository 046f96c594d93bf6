// SPDX-License-Identifier: Apache-2.0
import {
  cast,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type GradConfig,
  mul,
  registerGradient,
  Relu,
  step,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {parallelFloats} from './parallel-floats.js';
import {defineTfjsKernel} from './tfjs-kernel.js';

const kernelName = 'ReluGrad';

/**
 * dx = dy where x > 0, otherwise 0; NaN where x is. TF.js has no such kernel: its gradient of ReLU goes over the values three times, for a step function,
 * a copy of that and a product.
 */
export const reluGrad = defineTfjsKernel(kernelName, (call, {input}) => {
  const xTensor = input('x');
  const dy = call.address(input('dy'));
  const x = call.address(xTensor);
  const dx = call.output(xTensor.shape);
  const count = xTensor.shape.reduce((product, length) => product * length, 1);
  parallelFloats(call, count, (lane, offset, length) =>
    lane.run('reluGrad', dy + offset, x + offset, dx.address + offset, length),
  );
  return dx.tensor;
});

const reluGradient: GradConfig = {
  kernelName: Relu,
  inputsToSave: ['x'],
  gradFunc(dy, [x]) {
    return {x: () => gradientOfRelu(single(dy), x)};
  },
};

/** The gradient is linear in dy, and constant in x where it is defined. */
const reluGradGradient: GradConfig = {
  kernelName,
  inputsToSave: ['x'],
  gradFunc(dOutput, [x]) {
    return {dy: () => gradientOfRelu(single(dOutput), x), x: () => zerosLike(x)};
  },
};

/** Makes TF.js use the kernel in ReLU's gradient; on backends without it, and for other dtypes, the gradient stays what it was. */
export function registerReluGradient(): void {
  for (const gradient of [reluGradient, reluGradGradient]) {
    if (getGradient(gradient.kernelName) !== gradient) registerGradient(gradient);
  }
}

function gradientOfRelu(dy: Tensor, x: Tensor): Tensor {
  const hasKernel = Boolean(getKernel(kernelName, getBackend()));
  if (!hasKernel || x.dtype !== 'float32' || dy.dtype !== 'float32') return mul(dy, cast(step(x), 'float32'));
  return engine().runKernel(kernelName, {dy, x});
}

function single(gradient: Tensor | Tensor[]): Tensor {
  return Array.isArray(gradient) ? gradient[0] : gradient;
}
