// SPDX-License-Identifier: Apache-2.0
/**
 * Every kernel of this package against TF.js's own on the wasm backend, and ResNet-20 as adder and convolution: `--help` says how.
 *
 *     npx nx run kernels-wasm:bench [--quick] [--filter=resnet20] [--without-simd]
 */
import {runBench} from '@addernet/conformance/bench/node';
import {version_wasm as tfjsWasmVersion} from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import packageJson from '../package.json' with {type: 'json'};
import {register} from '../src/index.js';
import {wasmBackend} from '../src/plugin.js';
import {measureMemory} from './memory.js';
import {benchModel} from './models.js';
import {NETWORKS} from './networks.js';
import {benchReplacements} from './replacements.js';

const WITHOUT_SIMD = '--without-simd';

tf.enableProdMode();
// TF.js's build without SIMD against ours.
if (process.argv.includes(WITHOUT_SIMD)) tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
await runBench(
  {
    title: `${packageJson.name}: its kernels against TensorFlow.js's own`,
    start: async () => void (await tf.setBackend('wasm')),
    register: () => register(),
    replace: () => register({override: true}),
    details: async () => ({...(await wasmBackend.details?.())}),
    versions: {[packageJson.name]: packageJson.version, '@tensorflow/tfjs-backend-wasm': tfjsWasmVersion},
    benchReplacements,
    models: {
      names: Object.keys(NETWORKS).filter((name): name is keyof typeof NETWORKS => name in NETWORKS),
      bench: benchModel,
    },
    measureMemory,
  },
  process.argv.slice(2).filter((argument) => argument !== WITHOUT_SIMD),
);
