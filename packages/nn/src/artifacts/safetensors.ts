// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {SafetensorsError} from '../errors.js';
import {BYTES_PER_ELEMENT, type StoredDtype, type StoredTensor} from './stored-tensor.js';

/**
 * The safetensors format (github.com/huggingface/safetensors, version 0.4 and later): the header's length as a little-endian 64-bit integer,
 * the header, a JSON object of {name: {dtype, shape, data_offsets: [begin, end]}} with strings under `__metadata__`, and the data, to which the
 * offsets relate. The tensors tile the data without holes.
 */
export interface SafetensorsFile {
  /** In the order of their data. */
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPES: Readonly<Record<StoredDtype, string>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};

const METADATA = '__metadata__';
const PREFIX_BYTES = 8;
/** As in the reference implementation. */
const MOST_HEADER_BYTES = 100_000_000;
/** The data begins at a multiple of this, so that a reader can take views of it. */
const ALIGNMENT = 8;

/**
 * Encodes tensors as the bytes of a .safetensors file, in the order given, but with wider elements first, so that all are aligned.
 *
 * @throws ArgumentError when a name is taken twice or reserved, or the bytes are not those of dtype and shape
 */
export function encodeSafetensors(
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = tensors.toSorted((a, b) => BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype]);
  const entries: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]];
  const names = new Set<string>();
  let offset = 0;
  for (const {name, dtype, shape, bytes} of ordered) {
    const expected = elements(shape) * BYTES_PER_ELEMENT[dtype];
    if (name === METADATA || names.has(name)) {
      throw new ArgumentError(
        `encodeSafetensors: the name ${name} is ${name === METADATA ? 'reserved' : 'taken twice'}`,
      );
    }
    if (bytes.byteLength !== expected) {
      throw new ArgumentError(
        `encodeSafetensors: ${name} has ${bytes.byteLength} bytes; expected ${expected} for ${dtype} [${shape.join(', ')}]`,
      );
    }
    names.add(name);
    entries.push([name, {dtype: DTYPES[dtype], shape, data_offsets: [offset, offset + expected]}]);
    offset += expected;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerBytes = Math.ceil((PREFIX_BYTES + json.byteLength) / ALIGNMENT) * ALIGNMENT - PREFIX_BYTES;
  const file = new Uint8Array(PREFIX_BYTES + headerBytes + offset).fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, PREFIX_BYTES);
  let position = PREFIX_BYTES + headerBytes;
  for (const {bytes} of ordered) {
    file.set(bytes, position);
    position += bytes.byteLength;
  }
  return file;
}

/**
 * Decodes the bytes of a .safetensors file. The tensors' bytes are views of them; nothing is copied.
 *
 * @throws SafetensorsError if the file is truncated, not of the format, or holds what is none of its element types
 */
export function decodeSafetensors(file: Uint8Array): SafetensorsFile {
  if (file.byteLength < PREFIX_BYTES) {
    throw new SafetensorsError(`${file.byteLength} bytes; expected at least ${PREFIX_BYTES}, the header's length`);
  }
  const length = new DataView(file.buffer, file.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  const available = Math.min(MOST_HEADER_BYTES, file.byteLength - PREFIX_BYTES);
  if (length > BigInt(available)) {
    throw new SafetensorsError(
      `a header of ${length} bytes; expected at most ${available}: not a safetensors file, or truncated`,
    );
  }
  const start = PREFIX_BYTES + Number(length);
  const header = parseHeader(file.subarray(PREFIX_BYTES, start));
  const data = file.subarray(start);
  const tensors: {readonly begin: number; readonly end: number; readonly tensor: StoredTensor}[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = stringEntries(entry);
      continue;
    }
    const {dtype, shape, begin, end} = parseEntry(name, entry, data.byteLength);
    tensors.push({begin, end, tensor: {name, dtype, shape, bytes: data.subarray(begin, end)}});
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  // Without holes and overlaps no name can stand in the header twice unseen either: JSON.parse keeps the last.
  let reached = 0;
  for (const {begin, end, tensor} of tensors) {
    if (begin !== reached) {
      throw new SafetensorsError(`${tensor.name} begins at byte ${begin} of the data; expected ${reached}`);
    }
    reached = end;
  }
  if (reached !== data.byteLength) {
    throw new SafetensorsError(
      `${data.byteLength} bytes of data; expected ${reached}, where the last tensor ends` +
        (data.byteLength < reached ? ': the file is truncated' : ''),
    );
  }
  return {tensors: tensors.map(({tensor}) => tensor), metadata};
}

function parseHeader(bytes: Uint8Array): object {
  if (bytes[0] !== 0x7b) {
    throw new SafetensorsError("the header does not begin with '{': not a safetensors file");
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch (error) {
    throw new SafetensorsError(`the header is not JSON (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
  if (!isObject(header)) {
    throw new SafetensorsError('the header is not a JSON object');
  }
  return header;
}

function parseEntry(name: string, entry: unknown, dataBytes: number) {
  const {dtype: code, shape, data_offsets: offsets}: Record<string, unknown> = isObject(entry) ? {...entry} : {};
  const dtype = isDtypeCode(code) ? DTYPE_OF[code] : undefined;
  if (dtype === undefined) {
    const valid = Object.values(DTYPES).join(', ');
    throw new SafetensorsError(`${name}: dtype is ${JSON.stringify(code)}; expected one of ${valid}`);
  }
  if (!isSizes(shape) || !Number.isSafeInteger(elements(shape))) {
    throw new SafetensorsError(
      `${name}: shape is ${JSON.stringify(shape)}; expected an array of sizes, none negative, with a product below 2^53`,
    );
  }
  const [begin, end, ...rest] = isSizes(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || rest.length > 0 || begin > end || end > dataBytes) {
    throw new SafetensorsError(
      `${name}: data_offsets is ${JSON.stringify(offsets)}; expected [begin, end] within ${dataBytes} bytes of data`,
    );
  }
  if (end - begin !== elements(shape) * BYTES_PER_ELEMENT[dtype]) {
    throw new SafetensorsError(
      `${name}: ${end - begin} bytes; expected ${elements(shape) * BYTES_PER_ELEMENT[dtype]} for ${dtype} [${shape.join(', ')}]`,
    );
  }
  return {dtype, shape, begin, end};
}

function stringEntries(value: unknown): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [['', value]];
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    throw new SafetensorsError(`${METADATA} is not an object of strings`);
  }
  return Object.fromEntries(entries);
}

const DTYPE_OF: Readonly<Record<string, StoredDtype>> = Object.fromEntries(
  Object.entries(DTYPES).flatMap(([dtype, code]) => (isStoredDtype(dtype) ? [[code, dtype]] : [])),
);

function isStoredDtype(name: string): name is StoredDtype {
  return Object.hasOwn(DTYPES, name);
}

function isDtypeCode(code: unknown): code is string {
  return typeof code === 'string' && Object.hasOwn(DTYPE_OF, code);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
