// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {register} from '../src/index.js';
import {kit} from './kit.js';

/** A part of the kit, for the time in which a kernel is written: CASES='AdderConv2D/stride-*' npm test. */
const {CASES} = process.env;

describeKernelConformance({
  backend: 'cpu',
  register: () => register(),
  ...kit,
  ...(CASES === undefined ? {} : {filter: CASES}),
});
