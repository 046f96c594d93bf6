// SPDX-License-Identifier: Apache-2.0
import '@tensorflow/tfjs-backend-wasm';
import {register} from './index.js';
import {preferUnthreadedBuild} from './unthreaded-build.js';

// On import: TF.js's wasm backend, and these kernels for it.
register();

preferUnthreadedBuild();
