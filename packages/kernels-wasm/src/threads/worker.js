// SPDX-License-Identifier: Apache-2.0
import {CLOSED, FAILURE, GATE, GENERATION, laneWord, MESSAGE_LENGTH, messageStart, STOP, SYSTEM_ID} from './control.js';
import {runItems} from './run-items.js';

/**
 * What a worker is sent when it starts; it answers 'ready', and hears of nothing else but shared memory from then on.
 *
 * @typedef {object} WorkerStart
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {readonly string[]} exportNames
 * @property {import('./run-items.js').SharedWork} work
 * @property {number} lane number of the thread, from 1
 * @property {number} threads of the pool
 * @property {number} spins how often a worker looks for new work before it goes to sleep
 */

/** @param {WorkerStart} start */
function work({module, memory, exportNames, work: shared, lane, threads, spins}) {
  const {control} = shared;
  const {exports} = new globalThis.WebAssembly.Instance(module, {env: {memory}});
  const functions = exportNames.map((name) => /** @type {Function} */ (exports[name]));
  Atomics.store(control, laneWord(lane, SYSTEM_ID), systemThreadId());
  let seen = Atomics.load(control, GENERATION);
  port.postMessage('ready');
  for (;;) {
    seen = waitForWork(control, seen, spins);
    if (Atomics.load(control, STOP) === 1) return;
    if (!enter(control)) continue;
    try {
      runItems(shared, functions, lane);
    } catch (error) {
      report(control, threads, String(error));
      leave(control);
      throw error;
    }
    leave(control);
  }
}

/**
 * @param {Int32Array} control
 * @param {number} seen the last piece of work that this worker has seen
 * @param {number} spins
 * @returns {number} another one
 */
function waitForWork(control, seen, spins) {
  for (let spin = 0; spin < spins; spin++) {
    const generation = Atomics.load(control, GENERATION);
    if (generation !== seen) return generation;
  }
  for (;;) {
    const generation = Atomics.load(control, GENERATION);
    if (generation !== seen) return generation;
    Atomics.wait(control, GENERATION, seen);
  }
}

/**
 * @param {Int32Array} control
 * @returns {boolean} false if the gate is closed
 */
function enter(control) {
  for (;;) {
    const inside = Atomics.load(control, GATE);
    if (inside < 0) return false;
    if (Atomics.compareExchange(control, GATE, inside, inside + 1) === inside) return true;
  }
}

/** @param {Int32Array} control */
function leave(control) {
  if (Atomics.sub(control, GATE, 1) - 1 === CLOSED) Atomics.notify(control, GATE);
}

/**
 * @param {Int32Array} control
 * @param {number} threads
 * @param {string} message
 */
function report(control, threads, message) {
  const length = Math.max(1, Math.min(message.length, MESSAGE_LENGTH));
  const start = messageStart(threads);
  // Of several that fail, the first one to get here is heard.
  if (Atomics.compareExchange(control, FAILURE, 0, -1) !== 0) return;
  for (let index = 0; index < length; index++) control[start + index] = message.charCodeAt(index);
  Atomics.store(control, FAILURE, length);
}

/** The number of this thread in /proc on Linux, from which the calling thread sees that it is gone; elsewhere 0. */
function systemThreadId() {
  try {
    const fs = globalThis.process?.getBuiltinModule?.('node:fs');
    return Number(fs?.readlinkSync('/proc/thread-self').split('/').pop()) || 0;
  } catch {
    return 0;
  }
}

const nodePort = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
/** @type {{postMessage(message: unknown): void}} */
const port = nodePort ?? globalThis;
if (nodePort) {
  nodePort.once('message', work);
} else {
  globalThis.addEventListener(
    'message',
    ({data}) => {
      work(data);
      globalThis.close();
    },
    {once: true},
  );
}
