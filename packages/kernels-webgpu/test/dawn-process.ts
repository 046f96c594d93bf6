// SPDX-License-Identifier: Apache-2.0
// A process of its own for dawn.test.ts: what Dawn is loaded with is read from the environment when a process starts. Writes one line of JSON.
import {formatFailures, opRecords, runConformance} from '@addernet/conformance';
import {adderConv2d} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import {isWebgpuBackend} from '../src/backend.js';
import {webgpuBackend} from '../src/plugin.js';

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
    lost: await callOnLostDevice(),
  };
  console.log(JSON.stringify(report));
}
