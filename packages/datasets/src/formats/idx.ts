// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {NamedBytes} from '../definition.js';
import {DataFileError, DataFileSizeError} from '../errors.js';

/**
 * IDX, MNIST's file format, for unsigned bytes: two zero bytes, the type (8), the number of dimensions, each dimension as a big-endian
 * uint32, then the values, last dimension fastest.
 */
const UNSIGNED_BYTE = 8;

export interface IdxArray {
  readonly shape: readonly number[];
  /** A view of the file's bytes. */
  readonly values: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param shape the shape it must have; a dimension of −1 may have any size.
 * @throws DataFileError when it is not such a file or has another shape; DataFileSizeError when it is truncated or too long.
 */
export function decodeIdx(file: NamedBytes, shape: readonly number[]): IdxArray {
  const {bytes, name} = file;
  const headerBytes = 4 + 4 * shape.length;
  if (bytes.length < headerBytes) {
    throw new DataFileSizeError(name, headerBytes, bytes.length, 'or more: the header alone; is the file truncated?');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expectedMagic = UNSIGNED_BYTE * 256 + shape.length;
  const magic = view.getUint32(0);
  if (magic !== expectedMagic) {
    throw new DataFileError(
      name,
      `starts with ${hexadecimal(magic)}; expected ${hexadecimal(expectedMagic)} (an IDX file of unsigned bytes with ${shape.length} dimensions)`,
    );
  }
  const actual = shape.map((_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.some((size, axis) => size >= 0 && size !== actual[axis])) {
    const expected = shape.map((size) => (size < 0 ? 'any' : String(size))).join(', ');
    throw new DataFileError(name, `has shape [${actual.join(', ')}]; expected [${expected}]`);
  }
  // Products of up to three uint32 may be inexact in a double, but never so far off as to equal a real file's length.
  const valueBytes = actual.reduce((product, size) => product * size, 1);
  if (bytes.length !== headerBytes + valueBytes) {
    const hint = `shape [${actual.join(', ')}]; is the file truncated?`;
    throw new DataFileSizeError(name, headerBytes + valueBytes, bytes.length, hint);
  }
  return {shape: actual, values: bytes.subarray(headerBytes)};
}

/** Writes an IDX file of unsigned bytes; the inverse of `decodeIdx`. */
export function encodeIdx(values: Uint8Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (values.length !== expected || shape.length > 255) {
    throw new ArgumentError(`encodeIdx: ${values.length} values; shape [${shape.join(', ')}] has ${expected}`);
  }
  const headerBytes = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerBytes + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, UNSIGNED_BYTE * 256 + shape.length);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(values, headerBytes);
  return bytes;
}

function hexadecimal(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}
