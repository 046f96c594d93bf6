// SPDX-License-Identifier: Apache-2.0
// A process of its own for dawn.test.ts: what Dawn is loaded with is read from the environment when a process starts. Writes one line of JSON.
import {formatFailures, opRecords, runConformance} from '@addernet/conformance';
import {webgpuBackend} from '../src/plugin.js';

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
  };
  console.log(JSON.stringify(report));
}
