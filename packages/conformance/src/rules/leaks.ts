// SPDX-License-Identifier: Apache-2.0
import type {MemoryCounts} from '../observe.js';
import type {CaseRule} from './rule.js';

const COUNTS: readonly {readonly key: keyof MemoryCounts; readonly what: string}[] = [
  {key: 'tensors', what: 'tensors (tf.memory().numTensors)'},
  {key: 'dataBuffers', what: 'data buffers (tf.memory().numDataBuffers)'},
  {key: 'bytes', what: 'bytes (tf.memory().numBytes)'},
  {key: 'dataIds', what: "data ids of the backend's own count (numDataIds())"},
];

/**
 * Once outputs and gradients are disposed, TF.js and the backend hold what they held before. Measured on a second run of the case, so that
 * what a kernel keeps once per shape is no leak.
 */
export const leaksRule: CaseRule = {
  name: 'leaks',
  description: 'a second run leaves no tensor, buffer or data id behind',
  applies: () => true,
  async check(testCase, runs) {
    const {memoryBefore, memoryAfter} = await runs.observe(testCase, 'random', 1);
    const changed = COUNTS.filter(({key}) => memoryAfter[key] !== memoryBefore[key]).map(
      ({key, what}) => `${memoryBefore[key]} → ${memoryAfter[key]} ${what}`,
    );
    if (changed.length === 0) return [{quantity: 'memory'}];
    return [{quantity: 'memory', problem: {message: `outputs and gradients disposed, and yet ${changed.join('; ')}`}}];
  },
};
