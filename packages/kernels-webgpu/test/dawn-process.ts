// SPDX-License-Identifier: Apache-2.0
// A process of its own for dawn.test.ts: what Dawn is loaded with is read from the environment when a process starts. Writes one line of JSON.
import {formatFailures, opRecords, runConformance} from '@addernet/conformance';
import {adderConv2d, conv2dGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {isWebgpuBackend} from '../src/backend.js';
import {kernels, WebgpuLimitError} from '../src/index.js';
import {webgpuBackend} from '../src/plugin.js';

/** Kernels whose results on a layer change when workgroups are spread over two dimensions, of which some then have nothing to do. */
async function spreadWorkgroups(): Promise<readonly string[]> {
  const backend = tf.backend();
  if (!isWebgpuBackend(backend)) return ['another backend runs'];
  const {limits, lost} = backend.device;
  const {maxBufferSize, maxStorageBufferBindingSize} = limits;
  const on = (maxComputeWorkgroupsPerDimension: number) => ({
    device: {limits: {maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension}, lost},
    runWebGPUProgram: backend.runWebGPUProgram.bind(backend),
    makeTensorInfo: backend.makeTensorInfo.bind(backend),
    disposeData: backend.disposeData.bind(backend),
  });
  const [x, filter] = [tf.randomNormal([5, 33, 21, 8]), tf.randomNormal([3, 3, 8, 12])];
  const layer = {xShape: x.shape, filterShape: filter.shape, strides: 1, pad: 'same'} as const;
  const geometry = conv2dGeometry({opName: 'test', ...layer});
  const dy = tf.randomNormal([5, 33, 21, 12]);
  const attrs = {geometry, filterGradient: 'full-precision', inputGradient: 'hard-tanh'};
  const changed = new Set<string>();
  for (const {kernelName, kernelFunc} of kernels.filter((kernel) => kernel.kernelName.startsWith('AdderConv2D'))) {
    const run = async (most: number) => {
      const [info] = [kernelFunc({inputs: {x, filter, dy}, attrs, backend: on(most)})].flat();
      return tf.engine().makeTensorFromTensorInfo(info).data();
    };
    const expected = await run(limits.maxComputeWorkgroupsPerDimension);
    for (let most = 3; most < 20; most++) {
      try {
        const values = await run(most);
        if (expected.some((value, index) => value !== values[index])) changed.add(kernelName);
      } catch (error) {
        if (!(error instanceof WebgpuLimitError)) throw error;
      }
    }
  }
  return [...changed];
}

/** What comes of a call when the device is gone. */
async function callOnLostDevice(): Promise<string> {
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const filter = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
  const backend = tf.backend();
  if (!isWebgpuBackend(backend)) return 'another backend runs';
  backend.device.destroy();
  await backend.device.lost;
  try {
    adderConv2d(x, filter, 1, 'same');
    return 'no error';
  } catch (error) {
    return String(error);
  }
}

const [every] = process.argv.slice(2).map(Number);
const unavailable = await webgpuBackend.unavailableReason();
if (unavailable !== undefined) {
  console.log(JSON.stringify({unavailable}));
} else {
  await webgpuBackend.start();
  // A second start changes nothing.
  await webgpuBackend.start();
  const counts: Record<string, number> = {};
  const {passed, failures} = await runConformance({
    backend: 'webgpu',
    expectKernels: 'own',
    filter: ({id}) => {
      const op = id.slice(0, id.indexOf('/'));
      counts[op] = (counts[op] ?? -1) + 1;
      return counts[op] % every === 0;
    },
  });
  const report = {
    details: await webgpuBackend.details(),
    ops: opRecords.map(({name}) => name).filter((name) => name in counts),
    passed,
    failures: formatFailures(failures),
    spread: await spreadWorkgroups(),
    lost: await callOnLostDevice(),
  };
  console.log(JSON.stringify(report));
}
