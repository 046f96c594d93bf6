// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import {
  adderConv2d,
  composedKernels,
  conv2d,
  conv2dGeometry,
  defineKernel,
  isReplaceable,
  KERNEL_NAMES,
  KernelCallError,
  KernelRegistrationError,
  registerKernels,
} from '@addernet/core';

const X: [number, number, number, number] = [1, 3, 3, 2];
const FILTER: [number, number, number, number] = [2, 2, 2, 1];

const isObject = (backend: unknown): backend is object => typeof backend === 'object' && backend !== null;

/** An adder kernel that answers with a constant, so that one can see that it ran. */
function constantKernel(value: number, backendName = 'cpu') {
  return defineKernel({
    kernelName: 'AdderConv2D',
    backendName,
    isBackend: isObject,
    compute: ({attrs: {geometry: g}}) => tf.fill([g.batch, g.outHeight, g.outWidth, g.outChannels], value),
  });
}

const runAdder = (): number => tf.tidy(() => adderConv2d(tf.ones(X), tf.zeros(FILTER), 1, 'valid').dataSync()[0]);

describe('kernels', () => {
  let warn = vi.spyOn(console, 'warn');
  beforeAll(async () => {
    tf.enableProdMode();
    await tf.setBackend('cpu');
  });
  beforeEach(() => {
    warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => {
    warn.mockRestore();
    for (const name of KERNEL_NAMES) {
      if (tf.getKernelsForBackend('cpu').some(({kernelName}) => kernelName === name)) tf.unregisterKernel(name, 'cpu');
    }
  });

  it('are composed where there is none, which is said once, by name', () => {
    expect(runAdder()).toBe(-8);
    expect(runAdder()).toBe(-8);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.lastCall?.[0]).toContain("backend 'cpu' has no kernel AdderConv2D;");
    expect(isReplaceable(tf.getKernel('AdderConv2D', 'cpu'))).toBe(true);
  });

  it("run TF.js's own convolution without a word, as far as that goes", () => {
    const grads = (groups: number): void =>
      tf.tidy(() => {
        const filter = tf.ones([2, 2, 2 / groups, 2]);
        const op = (x: tf.Tensor, weights: tf.Tensor): tf.Tensor => conv2d(x, weights, 1, 1, {groups});
        tf.grads(op)([tf.ones(X), filter]);
      });
    grads(1);
    expect(warn).not.toHaveBeenCalled();
    grads(2);
    grads(2);
    const said = warn.mock.calls.map(([message]) => /has no kernel (\w+);/.exec(String(message))?.[1]);
    expect(said.sort()).toEqual(['GroupedConv2D', 'GroupedConv2DBackpropFilter', 'GroupedConv2DBackpropInput']);
  });

  it('replace composed ones, and each other only on demand', () => {
    runAdder();
    const [first, second] = [constantKernel(1), constantKernel(2)];
    registerKernels([first]);
    expect(runAdder()).toBe(1);
    registerKernels([first]); // the very same again
    expect(() => registerKernels([second])).toThrow(KernelRegistrationError);
    expect(() => registerKernels([second])).toThrow(
      "backend 'cpu' already has a kernel for AdderConv2D; pass {override: true}",
    );
    expect(runAdder()).toBe(1);
    registerKernels([second], {override: true});
    expect(runAdder()).toBe(2);
    expect(warn).toHaveBeenCalledOnce(); // TF.js would warn of every replacement
  });

  it('are not replaced by composed ones', () => {
    registerKernels([constantKernel(1)]);
    expect(() => registerKernels(composedKernels('cpu'))).toThrow(KernelRegistrationError);
    expect(runAdder()).toBe(1);
  });

  it('are registered all or not at all', () => {
    registerKernels([constantKernel(1)]);
    const [, ...others] = composedKernels('cpu');
    expect(() => registerKernels([...others, constantKernel(2)])).toThrow(KernelRegistrationError);
    expect(tf.getKernel('BatchNormTraining', 'cpu')).toBeUndefined();
  });

  it('are not registered twice in one list', () => {
    const kernel = constantKernel(1, 'elsewhere');
    expect(() => registerKernels([kernel, constantKernel(2, 'elsewhere')])).toThrow(
      "two different kernels for AdderConv2D on backend 'elsewhere'",
    );
    registerKernels([kernel, kernel]);
    expect(tf.getKernel('AdderConv2D', 'elsewhere')).toBe(kernel);
    tf.unregisterKernel('AdderConv2D', 'elsewhere');
  });

  it('have a composed form each, which needs no word when registered beforehand', () => {
    expect(composedKernels('cpu').map(({kernelName}) => kernelName)).toEqual(KERNEL_NAMES);
    registerKernels(composedKernels('cpu'));
    expect(runAdder()).toBe(-8);
    expect(warn).not.toHaveBeenCalled();
  });

  it('take bare handles as inputs and leave them alone', () => {
    const [kernel] = composedKernels('cpu');
    const [x, filter] = [tf.ones(X), tf.zeros(FILTER)];
    const handle = ({dataId, shape, dtype}: tf.Tensor): tf.TensorInfo => ({dataId, shape, dtype});
    const geometry = conv2dGeometry({opName: 'test', xShape: X, filterShape: FILTER, strides: 1, pad: 'valid'});
    const y = kernel.kernelFunc({
      inputs: {x: handle(x), filter: handle(filter)},
      attrs: {geometry},
      backend: tf.backend(),
    });
    expect(y).toMatchObject({shape: [1, 2, 2, 1]});
    expect([...x.dataSync()]).toEqual(new Array(18).fill(1));
    tf.dispose([x, filter, y as tf.Tensor]);
  });
});

describe('defineKernel', () => {
  const geometry = conv2dGeometry({opName: 'test', xShape: X, filterShape: FILTER, strides: 1, pad: 'valid'});
  const info: tf.TensorInfo = {dataId: {}, shape: X, dtype: 'float32'};
  const inputs = {x: info, filter: info, dy: info};
  const kernel = defineKernel({
    kernelName: 'AdderConv2DBackpropInput',
    backendName: 'fake',
    isBackend: (backend): backend is {fake: true} => isObject(backend) && 'fake' in backend,
    compute: ({inputs: {dy}}) => dy,
  });
  const backend = {fake: true};

  it('hands inputs and attributes on', () => {
    expect(kernel.kernelFunc({inputs, attrs: {geometry, inputGradient: 'sign'}, backend})).toBe(info);
  });

  it('refuses a foreign backend', () => {
    const call = (): unknown =>
      kernel.kernelFunc({inputs, attrs: {geometry, inputGradient: 'sign'}, backend: new Map()});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(
      "AdderConv2DBackpropInput: the kernel for backend 'fake' was handed another kind of backend (Map)",
    );
  });

  it.each([
    [{inputs: {x: info, dy: info}}, "input 'filter' is missing; given x, dy"],
    [{attrs: {geometry, inputGradient: 'steep'}}, "inputGradient is 'steep'; expected one of hard-tanh, sign"],
    [{attrs: {inputGradient: 'sign'}}, 'attribute geometry is undefined; expected the result of conv2dGeometry'],
    [{attrs: {geometry: {...geometry, strideWidth: 0}, inputGradient: 'sign'}}, 'attribute geometry is {'],
  ])('refuses the call %#', (change, message) => {
    const call = (): unknown =>
      kernel.kernelFunc({inputs, attrs: {geometry, inputGradient: 'sign'}, backend, ...change});
    expect(call).toThrow(KernelCallError);
    expect(call).toThrow(message);
  });

  it('refuses a backend name that TF.js cannot hold', () => {
    expect(() => constantKernel(1, 'my_backend')).toThrow(KernelRegistrationError);
    expect(() => constantKernel(1, 'my_backend')).toThrow("backendName 'my_backend'; expected a name without '_'");
  });
});
