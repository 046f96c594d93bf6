// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';

/** Bytes per element of what weight files hold. */
export const BYTES_PER_ELEMENT = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
} as const satisfies Record<string, number>;

/** Element types of weight files, by their names in NumPy and PyTorch. */
export type StoredDtype = keyof typeof BYTES_PER_ELEMENT;

/** A named array as files keep it: row-major, little-endian bytes. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: StoredDtype;
  /** [] for a scalar. */
  readonly shape: readonly number[];
  /** As many as the shape's elements take; aligned or not. */
  readonly bytes: Uint8Array;
}

/** Reads one element at a byte offset. */
export type ElementReader = (view: DataView, offset: number, littleEndian: boolean) => number;

const READERS: Readonly<Record<StoredDtype, ElementReader>> = {
  float64: (view, offset, little) => view.getFloat64(offset, little),
  float32: (view, offset, little) => view.getFloat32(offset, little),
  float16: (view, offset, little) => fromFloat16Bits(view.getUint16(offset, little)),
  bfloat16: (view, offset, little) => fromBfloat16Bits(view.getUint16(offset, little)),
  int64: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  int32: (view, offset, little) => view.getInt32(offset, little),
  int16: (view, offset, little) => view.getInt16(offset, little),
  int8: (view, offset) => view.getInt8(offset),
  uint64: (view, offset, little) => Number(view.getBigUint64(offset, little)),
  uint32: (view, offset, little) => view.getUint32(offset, little),
  uint16: (view, offset, little) => view.getUint16(offset, little),
  uint8: (view, offset) => view.getUint8(offset),
  bool: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1),
};

/** How elements of a type are read as numbers; 64-bit integers beyond ±2⁵³ are rounded. */
export function elementReader(dtype: StoredDtype): ElementReader {
  return READERS[dtype];
}

/**
 * The elements as float32: exact for float32, float16 and bfloat16, rounded to nearest for float64 and large integers.
 *
 * @throws ArgumentError if the bytes are not a whole number of elements
 */
export function toFloat32({name, dtype, bytes}: Omit<StoredTensor, 'shape'>): Float32Array {
  const size = BYTES_PER_ELEMENT[dtype];
  if (bytes.byteLength % size !== 0) {
    throw new ArgumentError(`${name}: ${bytes.byteLength} bytes; expected a multiple of ${size}, for ${dtype}`);
  }
  const read = elementReader(dtype);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / size);
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * size, true);
  return values;
}

/** float32 values as a tensor of a file. */
export function fromFloat32(name: string, shape: readonly number[], values: Float32Array): StoredTensor {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return {name, dtype: 'float32', shape, bytes};
}

/** IEEE 754 binary16: 1 sign bit, 5 of the exponent (bias 15), 10 of the fraction. */
function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function fromBfloat16Bits(bits: number): number {
  SCRATCH.setUint32(0, bits << 16);
  return SCRATCH.getFloat32(0);
}
