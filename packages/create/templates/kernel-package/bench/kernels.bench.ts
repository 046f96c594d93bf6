// SPDX-License-Identifier: Apache-2.0
/**
 * The kernels of this package beside those of @addernet/kernels-cpu ('contributed' and not) and TF.js's convolution, in the same rounds: ratios hold
 * on a busy machine, too. `--help` says what can be chosen.
 *
 *     npm run bench -- --quick
 */
import {runBench} from '@addernet/conformance/bench/node';
import {register as registerAddernets} from '@addernet/kernels-cpu';
import {version_cpu as tfjsCpuVersion} from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import packageJson from '../package.json' with {type: 'json'};
import {kernels} from '../src/index.js';

tf.enableProdMode();
await runBench(
  {
    title: `${packageJson.name}: its kernels against Addernet's and TensorFlow.js's own`,
    start: async () => void (await tf.setBackend('cpu')),
    register: () => registerAddernets(),
    contributed: kernels,
    versions: {[packageJson.name]: packageJson.version, '@tensorflow/tfjs-backend-cpu': tfjsCpuVersion},
  },
  // Later arguments prevail: --shapes=vgg-small, --parts=forward,input-gradient, …
  ['--shapes=resnet20', '--parts=forward', '--batch=2', ...process.argv.slice(2)],
);
