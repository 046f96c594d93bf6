// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {describeKernelConformance} from '../src/vitest.js';

describeKernelConformance({backend: 'wasm', expectKernels: 'composed'});
