// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-webgl';
import {register} from './index.js';

// On import: TF.js's webgl backend, and these kernels for it.
register();
