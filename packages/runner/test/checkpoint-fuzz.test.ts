// SPDX-License-Identifier: Apache-2.0
import {fromFloat32} from '@addernet/nn';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {CheckpointError, decodeCheckpoint, encodeCheckpoint} from '../src/index.js';

const checkpoint = encodeCheckpoint({
  identity: {architecture: 'small', operator: 'adder'},
  state: {
    epoch: 2,
    step: 3,
    score: {images: 48, lossSum: 60.5, top1Count: 12, top5Count: 30},
    epochSeconds: 1.5,
    seconds: 4.25,
    metrics: [],
  },
  model: [
    fromFloat32(
      'conv1/kernel',
      [3, 3, 1, 2],
      Float32Array.from({length: 18}, (_, index) => index / 7),
    ),
  ],
  optimizer: [fromFloat32('conv1/kernel/momentum', [18], new Float32Array(18))],
});
const HEADER = 8 + Number(new DataView(checkpoint.buffer, checkpoint.byteOffset).getBigUint64(0, true));

/** What a reader of damaged bytes may do: refuse them with the typed error, soon, and without taking memory that the file is too small for. */
function expectRefused(bytes: Uint8Array): void {
  const memory = process.memoryUsage().arrayBuffers;
  expect(() => decodeCheckpoint('file.safetensors', bytes)).toThrow(CheckpointError);
  expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(64 * 2 ** 20);
}

it('reads what it wrote', () => {
  expect(encodeCheckpoint(decodeCheckpoint('file', checkpoint))).toEqual(checkpoint);
});

it('refuses a file with any bit turned', () => {
  fc.assert(
    fc.property(fc.nat(checkpoint.length * 8 - 1), (bit) => {
      const bytes = checkpoint.slice();
      const index = bit >> 3;
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
      // Space behind the header's JSON, and the case of an escape's digits, mean nothing.
      let same: Uint8Array | undefined;
      try {
        same = encodeCheckpoint(decodeCheckpoint('file.safetensors', bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
      }
      if (same !== undefined) expect(same).toEqual(checkpoint);
    }),
    {numRuns: 500},
  );
});

it('refuses a file cut off or lengthened anywhere', () => {
  fc.assert(
    fc.property(fc.nat(checkpoint.length - 1), (length) => {
      expectRefused(checkpoint.subarray(0, length));
    }),
    {numRuns: 300},
  );
  fc.assert(
    fc.property(fc.uint8Array({minLength: 1, maxLength: 100}), (more) => {
      expectRefused(Uint8Array.from([...checkpoint, ...more]));
    }),
  );
});

it('refuses any bytes, and any header of whatever sizes and offsets, before it allocates', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 400}), (bytes) => {
      expectRefused(bytes);
    }),
  );
  const size = fc.oneof(
    fc.nat(200),
    fc.constantFrom(-1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300, Number.MAX_VALUE),
  );
  fc.assert(
    fc.property(
      fc.array(size, {maxLength: 5}),
      fc.tuple(size, size),
      fc.constantFrom('F32', 'F64', 'F16', 'I32', 'I64', 'X', 1, null),
      fc.bigInt({min: 0n, max: 2n ** 64n - 1n}).chain((length) => fc.constantFrom(length, undefined)),
      (shape, offsets, dtype, length) => {
        const header = new TextEncoder().encode(
          JSON.stringify({__metadata__: {addernet: '1'}, 'model/x': {dtype, shape, data_offsets: offsets}}),
        );
        const bytes = new Uint8Array(8 + header.length + 200);
        new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(header.length), true);
        bytes.set(header, 8);
        expectRefused(bytes);
      },
    ),
    {numRuns: 500},
  );
});

it('refuses a header that says something else of the same bytes', () => {
  const text = new TextDecoder().decode(checkpoint.subarray(8, HEADER));
  for (const [from, to] of [
    ['"epoch\\":2', '"epoch\\":3'],
    ['[3,3,1,2]', '[3,3,2,1]'],
    ['conv1/kernel', 'conv2/kernel'],
    ['"operator\\":\\"adder', '"operator\\":\\"convo'],
  ] as const) {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const bytes = checkpoint.slice();
    bytes.set(new TextEncoder().encode(changed), 8);
    expectRefused(bytes);
  }
});
