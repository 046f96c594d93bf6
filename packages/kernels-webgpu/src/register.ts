// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-webgpu';
import {register} from './index.js';

// On import: TF.js's webgpu backend, and these kernels for it.
register();
