// SPDX-License-Identifier: Apache-2.0
import '@addernet/kernels-wasm/register';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {WASM_PATHS} from './wasm-paths.js';

setWasmPaths(WASM_PATHS);
