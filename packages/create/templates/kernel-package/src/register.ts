// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-cpu';
import {register} from './index.js';

// On import: TF.js's cpu backend, and these kernels for it.
register();
