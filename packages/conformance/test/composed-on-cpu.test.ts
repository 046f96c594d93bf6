// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {describeKernelConformance} from '../src/vitest.js';

describeKernelConformance({backend: 'cpu', expectKernels: 'composed'});
