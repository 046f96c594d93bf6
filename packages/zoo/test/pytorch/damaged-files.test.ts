// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {PytorchFileError, readPytorchFile} from '@addernet/zoo/pytorch';
import {bytesOf, dict, float, integer} from './pickle-writer.js';
import {stateDictFile} from './torch-file-writer.js';

describe.each(['zip', 'legacy'] as const)('a damaged %s file', (format) => {
  const bytes = stateDictFile(
    format,
    {
      'module.conv1.weight': {shape: [2, 1, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8]},
      'module.bn1.bias': {shape: [3], values: [1, 2, 3]},
    },
    (stateDict) => dict({epoch: integer(3), state_dict: stateDict, best: float(0.5)}),
  );
  /** Reads all, as loading would; only the library's own error may come out. */
  const survive = (damaged: Uint8Array): boolean => {
    try {
      for (const found of readPytorchFile(damaged).tensors.values()) if (found.size < 10_000) found.toFloat32();
      return true;
    } catch (error) {
      if (!(error instanceof PytorchFileError)) throw error;
      return false;
    }
  };

  it('cut short anywhere, is refused', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(survive(bytes.subarray(0, length)), `at ${length}`).toBe(false);
  });

  it('with any bit or byte changed, is read or refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.nat({max: bytes.length - 1}), fc.nat({max: 255}), (position, byte) => {
        const changed = bytes.slice();
        changed[position] = byte;
        if (!survive(changed)) refused++;
      }),
      {numRuns: 1500},
    );
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (!survive(changed)) refused++;
    }
    expect(refused).toBeGreaterThan(500);
  });

  it('with opcodes strewn in, is read or refused', () => {
    fc.assert(
      fc.property(
        fc.nat({max: bytes.length - 1}),
        fc.uint8Array({minLength: 1, maxLength: 12}),
        (position, inserted) => {
          survive(bytesOf(bytes.subarray(0, position), inserted, bytes.subarray(position)));
        },
      ),
      {numRuns: 1000},
    );
  });
});
