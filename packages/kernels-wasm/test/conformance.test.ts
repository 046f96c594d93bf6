// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {describeKernelConformance} from '@addernet/conformance/vitest';
import {register} from '../src/index.js';

describeKernelConformance({backend: 'wasm', register: () => register(), expectKernels: 'own'});
