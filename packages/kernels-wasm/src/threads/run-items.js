// SPDX-License-Identifier: Apache-2.0
import {isLaneAddress, laneMemoryIndex, laneOffset} from '../lane-memory.js';
import {BEATS, HEAD_ARGUMENTS, HEAD_CHECKED, ITEMS, laneWord, NEXT, REFUSED} from './control.js';

/**
 * What every thread sees of a pool's work.
 *
 * @typedef {object} SharedWork
 * @property {Int32Array} control words of control.js
 * @property {Float64Array} calls pairs (base, stride) of every LaneMemory, then the calls of all items, one behind the other
 * @property {Int32Array} starts per item where its calls begin in `calls`; then where the last one's end
 */

/**
 * Takes items until none is left, and makes their calls.
 *
 * @param {SharedWork} work
 * @param {readonly Function[]} functions of the WebAssembly module, in the order of EXPORT_NAMES
 * @param {number} lane number of this thread
 */
export function runItems(work, functions, lane) {
  const {control, starts} = work;
  const items = Atomics.load(control, ITEMS);
  for (;;) {
    const item = Atomics.add(control, NEXT, 1);
    if (item >= items) return;
    runCalls(work, functions, lane, starts[item], starts[item + 1]);
    Atomics.add(control, laneWord(lane, BEATS), 1);
  }
}

/** Arguments of a call, by their number: made once, as making them anew would be garbage. */
const argumentLists = Array.from({length: 32}, (_, length) => new Array(length).fill(0));

/**
 * Makes the calls from `at` to `end` of the list.
 *
 * @param {SharedWork} work
 * @param {readonly Function[]} functions
 * @param {number} lane
 * @param {number} at
 * @param {number} end
 */
export function runCalls({control, calls}, functions, lane, at, end) {
  while (at < end) {
    const head = calls[at++];
    const checked = head >= HEAD_CHECKED;
    const rest = checked ? head - HEAD_CHECKED : head;
    const count = Math.floor(rest / HEAD_ARGUMENTS);
    const args = argumentLists[count];
    for (let index = 0; index < count; index++) {
      const value = calls[at++];
      args[index] = isLaneAddress(value) ? ownAddress(calls, lane, value) : value;
    }
    const answer = Reflect.apply(functions[rest - count * HEAD_ARGUMENTS], undefined, args);
    if (checked && answer !== 1) Atomics.store(control, REFUSED, 1);
  }
}

/**
 * @param {Float64Array} calls
 * @param {number} lane
 * @param {number} value an address in a LaneMemory
 * @returns {number} the address in this thread's
 */
function ownAddress(calls, lane, value) {
  const memory = laneMemoryIndex(value);
  return calls[2 * memory] + lane * calls[2 * memory + 1] + laneOffset(value);
}
