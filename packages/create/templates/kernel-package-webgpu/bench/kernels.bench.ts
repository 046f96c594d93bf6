// SPDX-License-Identifier: Apache-2.0
/**
 * The kernels of this package beside those of @addernet/kernels-webgpu ('contributed' and not) and TF.js's convolution, in the same rounds: ratios hold
 * on a busy machine, too. `--help` says what can be chosen.
 *
 *     npm run bench -- --quick
 */
import {benchAwaitedLayer} from '@addernet/conformance/bench';
import {runBench} from '@addernet/conformance/bench/node';
import {register as registerAddernets} from '@addernet/kernels-webgpu';
import {webgpuBackend} from '@addernet/kernels-webgpu/plugin';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import packageJson from '../package.json' with {type: 'json'};
import {kernels} from '../src/index.js';

/** In Node this also makes the package 'webgpu' (Dawn) the process's WebGPU, and imports TF.js's backend. */
async function start(): Promise<void> {
  const unavailable = await webgpuBackend.unavailableReason();
  if (unavailable !== undefined) throw new Error(unavailable);
  await tf.setBackend('webgpu');
}

tf.enableProdMode();
await runBench(
  {
    title: `${packageJson.name}: its kernels against Addernet's and TensorFlow.js's own`,
    start,
    register: () => registerAddernets(),
    contributed: kernels,
    // A GPU answers before its work is done.
    benchLayer: benchAwaitedLayer,
    details: () => webgpuBackend.details(),
    versions: {[packageJson.name]: packageJson.version},
  },
  // Later arguments prevail: --shapes=vgg-small, --parts=forward,input-gradient, …
  ['--shapes=resnet20', '--parts=forward', '--batch=2', ...process.argv.slice(2)],
);
