// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {composedKernels, KERNEL_NAMES} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {callOnShapes, type KernelCallShapes, kernelCallsOn} from '../src/index.js';

const calls = kernelCallsOn([2, 6, 5, 4], [3, 3, 2, 6], 2, 2);

it('every kernel is called', () => {
  expect(new Set(calls.map(({kernelName}) => kernelName))).toEqual(new Set(KERNEL_NAMES));
});

it.each(calls)('$kernelName takes the inputs and attributes that it is called with', async (call) => {
  await tf.setBackend('cpu');
  const [kernel] = composedKernels('cpu').filter(({kernelName}) => kernelName === call.kernelName);
  const inputs = Object.entries(call.inputs).map(([name, shape]) => [name, tf.ones([...shape])] as const);
  const run = () =>
    kernel.kernelFunc({inputs: Object.fromEntries(inputs), attrs: {...call.attrs}, backend: tf.backend()});
  for (const {shape} of [run()].flat()) expect(shape.every((length) => length > 0)).toBe(true);
});

it('outputs of a kernel that computes nothing', () => {
  const seen: (readonly [string, readonly number[]])[] = [];
  const kernel: tf.KernelConfig = {
    kernelName: 'AdderConv2D',
    backendName: 'mine',
    kernelFunc: ({inputs, backend}) => {
      for (const [name, tensor] of Object.entries(inputs)) seen.push([name, tensor?.shape ?? []]);
      expect(backend).toEqual({name: 'a stand-in'});
      return {shape: [1], dtype: 'float32', dataId: {}};
    },
  };
  const [call] = calls;
  expect(callOnShapes([kernel], {name: 'a stand-in'}, call)).toMatchObject([{shape: [1]}]);
  expect(seen).toEqual([
    ['x', [2, 6, 5, 4]],
    ['filter', [3, 3, 2, 6]],
  ]);
  const unknown: KernelCallShapes = {...call, kernelName: 'BatchNormInference'};
  expect(() => callOnShapes([kernel], {}, unknown)).toThrow(
    'callOnShapes: there is no kernel BatchNormInference; expected one of AdderConv2D',
  );
});
