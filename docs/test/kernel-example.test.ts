// SPDX-License-Identifier: Apache-2.0
// The kernel of docs/examples, held to the whole kit as docs/guides/add-a-kernel.md tells its reader to do.
import '@tensorflow/tfjs-backend-cpu';
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {adderConv2d} from '@addernet/core';
import {getKernel, ones, setBackend, zeros} from '@tensorflow/tfjs-core';
import {expect, it} from 'vitest';
import {directAdderConv2d, register} from '../examples/direct-adder.js';

describeKernelConformance({backend: 'cpu', register, ops: ['AdderConv2D']});

it('is the kernel that the op runs on', async () => {
  await setBackend('cpu');
  expect(getKernel('AdderConv2D', 'cpu')).toMatchObject({kernelFunc: directAdderConv2d.kernelFunc});
  // Each output sees as many ones in the filter as it has taps, of three channels, in or out of the image.
  const y = adderConv2d(zeros([1, 4, 4, 3]), ones([3, 3, 3, 2]), 1, 'same');
  expect([...(await y.data())]).toEqual(Array.from({length: 4 * 4 * 2}, () => -27));
});
