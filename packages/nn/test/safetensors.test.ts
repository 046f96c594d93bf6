// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ArgumentError} from '@addernet/core';
import {
  BYTES_PER_ELEMENT,
  decodeSafetensors,
  encodeSafetensors,
  fromFloat32,
  SafetensorsError,
  toFloat32,
  type StoredDtype,
  type StoredTensor,
} from '../src/index.js';

/** Written by the Python package safetensors 0.8.0 from PyTorch tensors of six types. */
const FROM_PYTHON =
  'mAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCIsIm5vdGUiOiLDqSJ9LCJjb3VudCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpb' +
  'MCw4XX0sImEud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxLDNdLCJkYXRhX29mZnNldHMiOls4LDIwXX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsw' +
  'LDNdLCJkYXRhX29mZnNldHMiOlsyMCwyMF19LCJicmFpbiI6eyJkdHlwZSI6IkJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlsyMCwyNF19LCJoYWxmIjp7ImR0eXBl' +
  'IjoiRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMjQsMjhdfSwiZmxhZ3MiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMjgsMzFd' +
  'fX0gICAgICAHAAAAAAAAAAAAwD8AAADAAABAQIA/Yv8AOP/7AQAB';

const fileOf = (header: unknown, data = new Uint8Array(0)): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
};

const dtypes = Object.keys(BYTES_PER_ELEMENT) as StoredDtype[];

const anyTensors = fc.uniqueArray(
  fc
    .record({
      name: fc.string({unit: 'binary', maxLength: 12}).filter((name) => name !== '__metadata__'),
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.nat({max: 4}), {maxLength: 3}),
      byte: fc.nat({max: 255}),
    })
    .map(({name, dtype, shape, byte}): StoredTensor => {
      const size = shape.reduce((product, axis) => product * axis, BYTES_PER_ELEMENT[dtype]);
      return {name, dtype, shape, bytes: Uint8Array.from({length: size}, (_, index) => (byte + 7 * index) % 256)};
    }),
  {selector: ({name}) => name, maxLength: 8},
);

describe('safetensors', () => {
  it("reads a file of the format's own Python package", () => {
    const {tensors, metadata} = decodeSafetensors(new Uint8Array(Buffer.from(FROM_PYTHON, 'base64')));
    expect(metadata).toEqual({format: 'pt', note: 'é'});
    expect(tensors.map(({name, dtype, shape}) => [name, dtype, shape])).toEqual([
      ['count', 'int64', []],
      ['a.weight', 'float32', [1, 3]],
      ['empty', 'float32', [0, 3]],
      ['brain', 'bfloat16', [2]],
      ['half', 'float16', [2]],
      ['flags', 'bool', [3]],
    ]);
    const values = tensors.map((tensor) => [...toFloat32(tensor)]);
    // 0xff62 as the upper half of a float32: the nearest bfloat16 to −3e38.
    expect(values).toEqual([[7], [1.5, -2, 3], [], [1, -(2 ** 127) * (1 + 0x62 / 128)], [0.5, -65504], [1, 0, 1]]);
  });

  it('gives back what was encoded, at addresses that fit the element types', () => {
    fc.assert(
      fc.property(anyTensors, fc.dictionary(fc.string(), fc.string(), {maxKeys: 3}), (tensors, metadata) => {
        const file = encodeSafetensors(tensors, metadata);
        const decoded = decodeSafetensors(file);
        expect(decoded.metadata).toEqual(metadata);
        const byName = (list: readonly StoredTensor[]) => new Map(list.map((tensor) => [tensor.name, tensor]));
        expect(byName(decoded.tensors)).toEqual(byName(tensors));
        for (const {dtype, bytes} of decoded.tensors) expect(bytes.byteOffset % BYTES_PER_ELEMENT[dtype]).toBe(0);
      }),
    );
  });

  it('answers any damage with its own error, and never takes memory for what is not there', () => {
    const file = encodeSafetensors([
      fromFloat32('a', [2, 2], Float32Array.of(1, 2, 3, 4)),
      {name: 'b', dtype: 'int8', shape: [3], bytes: Uint8Array.of(1, 2, 3)},
    ]);
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length))).toThrow(SafetensorsError);
    }
    fc.assert(
      fc.property(fc.nat({max: file.length * 8 - 1}), (bit) => {
        const damaged = file.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), (bytes) => {
        expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
      }),
    );
  });

  const entry = {dtype: 'F32', shape: [1], data_offsets: [0, 4]};
  const four = new Uint8Array(4);
  it.each([
    [
      'a header longer than the file',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 0x7b),
      /header of \d+ bytes/,
    ],
    ['text that is no JSON', fileOf('{"a": '), /not JSON/],
    ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`), /not JSON/],
    ['bytes that are no text', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), /not JSON/],
    ['an array', fileOf([1]), /does not begin with/],
    ['an unknown type', fileOf({a: {...entry, dtype: 'F8_E4M3'}}, four), /a: dtype is "F8_E4M3"; expected one of F64/],
    ['a type by an inherited name', fileOf({a: {...entry, dtype: 'toString'}}, four), /a: dtype is "toString"/],
    ['a negative size', fileOf({a: {...entry, shape: [-1]}}, four), /a: shape is \[-1\]/],
    ['a product beyond 2^53', fileOf({a: {...entry, shape: [2 ** 50, 2 ** 50]}}, four), /a: shape is/],
    ['a size that the bytes do not have', fileOf({a: {...entry, shape: [2 ** 40]}}, four), /a: 4 bytes; expected/],
    ['an end beyond the data', fileOf({a: {...entry, data_offsets: [0, 8]}}, four), /within 4 bytes of data/],
    [
      'a hole',
      fileOf({a: {...entry, data_offsets: [4, 8]}}, new Uint8Array(8)),
      /begins at byte 4 of the data; expected 0/,
    ],
    ['an overlap', fileOf({a: entry, b: entry}, four), /b begins at byte 0 of the data; expected 4/],
    ['a rest', fileOf({a: entry}, new Uint8Array(5)), /5 bytes of data; expected 4/],
    [
      'a name twice',
      fileOf(
        `{"a":${JSON.stringify(entry)},"a":${JSON.stringify({...entry, data_offsets: [4, 8]})}}`,
        new Uint8Array(8),
      ),
      /begins at byte 4/,
    ],
    ['no entry', fileOf({a: null}), /a: dtype is undefined/],
    ['metadata that are no text', fileOf({__metadata__: {epoch: 3}}), /__metadata__ is not an object of strings/],
  ])('refuses %s', (_what, file, message) => {
    expect(() => decodeSafetensors(file)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(file)).toThrow(message);
  });

  it('does not encode what it could not read', () => {
    const a = fromFloat32('a', [1], Float32Array.of(1));
    expect(() => encodeSafetensors([a, a])).toThrow(ArgumentError);
    expect(() => encodeSafetensors([{...a, name: '__metadata__'}])).toThrow(/reserved/);
    expect(() => encodeSafetensors([{...a, shape: [2]}])).toThrow('a has 4 bytes; expected 8 for float32 [2]');
  });
});

describe('element types', () => {
  const sixteen = (dtype: 'float16' | 'bfloat16') =>
    toFloat32({
      name: dtype,
      dtype,
      bytes: new Uint8Array(Uint16Array.from({length: 65_536}, (_, bits) => bits).buffer),
    });

  it('reads every float16', () => {
    const values = sixteen('float16');
    const spelt = (bits: number): number => {
      const text = bits.toString(2).padStart(16, '0');
      const exponent = parseInt(text.slice(1, 6), 2);
      const fraction = parseInt(text.slice(6), 2) / 1024;
      const magnitude =
        exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : exponent === 0
            ? fraction / 16_384
            : (1 + fraction) * 2 ** (exponent - 15);
      return text.startsWith('1') ? -magnitude : magnitude;
    };
    const wrong = values.findIndex((value, bits) => !Object.is(value, spelt(bits)));
    expect(wrong).toBe(-1);
  });

  it('reads every bfloat16 as the float32 that begins with its bits', () => {
    const values = sixteen('bfloat16');
    const floats = new Float32Array(Uint32Array.from({length: 65_536}, (_, bits) => bits << 16).buffer);
    expect(values.findIndex((value, bits) => !Object.is(value, floats[bits]))).toBe(-1);
  });

  it('reads integers, doubles and unaligned bytes', () => {
    const unaligned = (values: ArrayBuffer): Uint8Array => new Uint8Array([0, ...new Uint8Array(values)]).subarray(1);
    const read = (dtype: StoredDtype, values: ArrayBuffer) => [
      ...toFloat32({name: 'x', dtype, bytes: unaligned(values)}),
    ];
    expect(read('float64', Float64Array.of(0.1, 1e300).buffer)).toEqual([Math.fround(0.1), Infinity]);
    expect(read('int64', BigInt64Array.of(-5n, 1n << 40n).buffer)).toEqual([-5, 2 ** 40]);
    expect(read('uint64', BigUint64Array.of((1n << 64n) - 1n).buffer)).toEqual([2 ** 64]);
    expect(read('int32', Int32Array.of(-7).buffer)).toEqual([-7]);
    expect(read('uint32', Uint32Array.of(4_294_967_295).buffer)).toEqual([4_294_967_296]);
    expect(read('int16', Int16Array.of(-300).buffer)).toEqual([-300]);
    expect(read('uint16', Uint16Array.of(65_535).buffer)).toEqual([65_535]);
    expect(read('int8', Int8Array.of(-1).buffer)).toEqual([-1]);
    expect(read('uint8', Uint8Array.of(255).buffer)).toEqual([255]);
    expect(read('bool', Uint8Array.of(0, 2).buffer)).toEqual([0, 1]);
    expect(() => read('float32', new ArrayBuffer(3))).toThrow('x: 3 bytes; expected a multiple of 4, for float32');
  });
});
