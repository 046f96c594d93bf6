// SPDX-License-Identifier: Apache-2.0
/**
 * Every kernel of this package against TF.js's own on the cpu backend: `--help` says how. TF.js's filter gradient takes seconds for a handful of images of the
 * larger networks, so that by default ResNet-20's layers alone are measured, at a batch of 2.
 *
 *     npx nx run kernels-cpu:bench [--quick] [--shapes=resnet20,other]
 */
import {runBench} from '@addernet/conformance/bench/node';
import {version_cpu as tfjsCpuVersion} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import packageJson from '../package.json' with {type: 'json'};
import {register} from '../src/index.js';

tf.enableProdMode();
await runBench(
  {
    title: `${packageJson.name}: its kernels against TensorFlow.js's own`,
    start: async () => void (await tf.setBackend('cpu')),
    register: () => register(),
    versions: {[packageJson.name]: packageJson.version, '@tensorflow/tfjs-backend-cpu': tfjsCpuVersion},
  },
  ['--shapes=resnet20', '--batch=2', ...process.argv.slice(2)],
);
