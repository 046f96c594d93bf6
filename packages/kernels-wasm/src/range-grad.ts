// SPDX-License-Identifier: Apache-2.0
import {KernelCallError} from '@addernet/core';
import {
  cast,
  ClipByValue,
  engine,
  getBackend,
  getGradient,
  getKernel,
  type GradConfig,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mul,
  type NamedAttrMap,
  registerGradient,
  Relu,
  Relu6,
  step,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {parallelFloats} from './parallel-floats.js';
import {defineTfjsKernel} from './tfjs-kernel.js';

const kernelName = 'RangeGrad';

/** The smallest float32 number above 0. */
const LEAST_POSITIVE = 2 ** -149;

/** dy passes where low ≤ x ≤ high; both are float32 numbers. NaN of x becomes NaN of the gradient, or else 0. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly keepsNaN: boolean;
}

/**
 * dx = dy where low ≤ x ≤ high, otherwise 0. TF.js has no such kernel: its gradients of ReLU, ReLU6 and clipByValue go over the values three, five and four
 * times, for comparisons, casts and products.
 */
export const rangeGrad = defineTfjsKernel(kernelName, (call, {attrs, input}) => {
  const {low, high, keepsNaN} = readRange(attrs);
  const xTensor = input('x');
  const dy = call.address(input('dy'));
  const x = call.address(xTensor);
  const dx = call.output(xTensor.shape);
  const count = xTensor.shape.reduce((product, length) => product * length, 1);
  parallelFloats(call, count, (lane, offset, length) =>
    lane.run('rangeGrad', dy + offset, x + offset, dx.address + offset, length, low, high, keepsNaN ? 1 : 0),
  );
  return dx.tensor;
});

const reluGradient: GradConfig = {
  kernelName: Relu,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () =>
      gradientInRange(single(dy), x, {low: LEAST_POSITIVE, high: Infinity, keepsNaN: true}, (slope) =>
        mul(slope, cast(step(x), 'float32')),
      ),
  }),
};

const relu6Gradient: GradConfig = {
  kernelName: Relu6,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () =>
      gradientInRange(single(dy), x, {low: LEAST_POSITIVE, high: 6, keepsNaN: true}, (slope) =>
        mul(slope, cast(mul(lessEqual(x, 6), step(x)), 'float32')),
      ),
  }),
};

const clipGradient: GradConfig = {
  kernelName: ClipByValue,
  inputsToSave: ['x'],
  gradFunc(dy, [x], attrs) {
    const least = readNumber(ClipByValue, attrs, 'clipValueMin');
    const most = readNumber(ClipByValue, attrs, 'clipValueMax');
    return {
      x: () =>
        gradientInRange(single(dy), x, {low: least, high: most, keepsNaN: false}, (slope) =>
          where(logicalAnd(greaterEqual(x, least), lessEqual(x, most)), slope, zerosLike(slope)),
        ),
    };
  },
};

/** The gradient is linear in dy, and constant in x where it is defined. */
const rangeGradGradient: GradConfig = {
  kernelName,
  inputsToSave: ['x'],
  gradFunc(dOutput, [x], attrs) {
    return {dy: () => rangeGradOf(single(dOutput), x, readRange(attrs)), x: () => zerosLike(x)};
  },
};

/** Makes TF.js use the kernel in its gradients; on backends without it, and for other dtypes, they stay what they were. */
export function registerRangeGradients(): void {
  for (const gradient of [reluGradient, relu6Gradient, clipGradient, rangeGradGradient]) {
    if (getGradient(gradient.kernelName) !== gradient) registerGradient(gradient);
  }
}

function gradientInRange(dy: Tensor, x: Tensor, range: Range, composed: (dy: Tensor) => Tensor): Tensor {
  const hasKernel = Boolean(getKernel(kernelName, getBackend()));
  return hasKernel && x.dtype === 'float32' && dy.dtype === 'float32' ? rangeGradOf(dy, x, range) : composed(dy);
}

function rangeGradOf(dy: Tensor, x: Tensor, range: Range): Tensor {
  return engine().runKernel(kernelName, {dy, x}, {...range});
}

function readRange(attrs: NamedAttrMap): Range {
  const low = readNumber(kernelName, attrs, 'low');
  return {low, high: readNumber(kernelName, attrs, 'high'), keepsNaN: attrs['keepsNaN'] === true};
}

function readNumber(owner: string, attrs: NamedAttrMap, name: string): number {
  const value = attrs[name];
  if (typeof value === 'number') return value;
  throw new KernelCallError(`${owner}: attribute ${name} is ${String(value)}; expected a number`);
}

function single(gradient: Tensor | Tensor[]): Tensor {
  return Array.isArray(gradient) ? gradient[0] : gradient;
}
