// SPDX-License-Identifier: Apache-2.0
import {cpuMilliseconds} from '@addernet/conformance/bench';
import {wrapKernels} from './wrap-kernels.js';
import type {Network} from './networks.js';

/** Kernels that take less of a step are left out. */
const LEAST_SHARE = 0.01;

/** Prints to which kernels the time of a training step goes. */
export function printProfile({model, operator, batch, step}: Network, rounds: number): void {
  const times = kernelTimes(step, rounds);
  const total = times.reduce((sum, {milliseconds}) => sum + milliseconds, 0);
  const heading = `${model} as ${operator}, a step of ${batch}, by kernel`;
  console.log(`\n  ${heading.padEnd(46)}${'calls'.padStart(8)}${'ms'.padStart(10)}${'share'.padStart(9)}`);
  for (const {name, calls, milliseconds} of times) {
    if (milliseconds / total < LEAST_SHARE) continue;
    const share = `${((100 * milliseconds) / total).toFixed(1)} %`;
    const cells = [String(calls || '').padStart(8), milliseconds.toFixed(1).padStart(10), share.padStart(9)];
    console.log(`  ${name.padEnd(46)}${cells.join('')}`);
  }
}

interface KernelShare {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** CPU time of every kernel in `run`, and of what is in none ('other'), per run. */
function kernelTimes(run: () => void, rounds: number): readonly KernelShare[] {
  const spent = new Map<string, {calls: number; milliseconds: number}>();
  let inKernels = 0;
  const unwrap = wrapKernels((name, call) => {
    const start = cpuMilliseconds();
    const result = call();
    const milliseconds = cpuMilliseconds() - start;
    const entry = spent.get(name) ?? {calls: 0, milliseconds: 0};
    spent.set(name, {calls: entry.calls + 1, milliseconds: entry.milliseconds + milliseconds});
    inKernels += milliseconds;
    return result;
  });
  const start = cpuMilliseconds();
  try {
    for (let round = 0; round < rounds; round++) run();
  } finally {
    unwrap();
  }
  spent.set('outside kernels', {calls: 0, milliseconds: cpuMilliseconds() - start - inKernels});
  return [...spent]
    .map(([name, {calls, milliseconds}]) => ({name, calls: calls / rounds, milliseconds: milliseconds / rounds}))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}
