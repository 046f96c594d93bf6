// SPDX-License-Identifier: Apache-2.0
// A process of its own for dawn.test.ts: what Dawn is loaded with is read from the environment when a process starts. Writes one line of JSON.
import {formatFailures, opRecords, runConformance} from '@addernet/conformance';
import {adderConv2d, conv2dGeometry} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {isWebgpuBackend} from '../src/backend.js';
import {kernels} from '../src/index.js';
import {webgpuBackend} from '../src/plugin.js';

/** Kernels on a layer whose results change when their workgroups are spread over two dimensions, of which there are some to no purpose then. */
async function spreadWorkgroups(): Promise<readonly string[]> {
  const backend = tf.backend();
  if (!isWebgpuBackend(backend)) return ['another backend runs'];
  const {limits, lost} = backend.device;
  const small = {
    device: {limits: {...Object.fromEntries(LIMITS.map((name) => [name, limits[name]])), [LIMITS[0]]: 7}, lost},
    runWebGPUProgram: backend.runWebGPUProgram.bind(backend),
    makeTensorInfo: backend.makeTensorInfo.bind(backend),
    disposeData: backend.disposeData.bind(backend),
  };
  const [x, filter] = [tf.randomNormal([3, 33, 21, 8]), tf.randomNormal([3, 3, 4, 12])];
  const geometry = conv2dGeometry({
    ...{opName: 'test', xShape: x.shape, filterShape: filter.shape, strides: 2, pad: 'same', groups: 2},
  });
  const dy = tf.randomNormal([3, geometry.outHeight, geometry.outWidth, 12]);
  const attrs = {geometry, filterGradient: 'full-precision', inputGradient: 'hard-tanh'};
  const changed: string[] = [];
  for (const kernel of kernels.filter(({kernelName}) => kernelName.startsWith('AdderConv2D'))) {
    const [wide, spread] = [backend, small].map((on) =>
      [kernel.kernelFunc({inputs: {x, filter, dy}, attrs, backend: on})]
        .flat()
        .map((info) => tf.engine().makeTensorFromTensorInfo(info)),
    );
    const [expected, values] = [await wide[0].data(), await spread[0].data()];
    if (expected.some((value, index) => value !== values[index])) changed.push(kernel.kernelName);
  }
  return changed;
}

const LIMITS = ['maxComputeWorkgroupsPerDimension', 'maxBufferSize', 'maxStorageBufferBindingSize'] as const;

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
