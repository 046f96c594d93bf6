// SPDX-License-Identifier: Apache-2.0
import {zipSync} from 'fflate';
import {
  bool,
  bytesOf,
  call,
  dict,
  global,
  integer,
  list,
  none,
  orderedDict,
  persistent,
  pickle,
  type Pickled,
  text,
  tuple,
} from './pickle-writer.js';

export interface StorageOptions {
  readonly key: string;
  /** Default 'FloatStorage'. */
  readonly type?: string;
  /** What the pickle says. */
  readonly elements: number | bigint;
  /** [key, first element, number of elements], of files from before PyTorch 0.4. */
  readonly view?: readonly [string, number, number];
}

export const storage = ({key, type = 'FloatStorage', elements, view}: StorageOptions): Pickled =>
  persistent(
    tuple(
      text('storage'),
      global('torch', type),
      text(key),
      text('cpu'),
      integer(elements),
      view === undefined ? none : tuple(text(view[0]), integer(view[1]), integer(view[2])),
    ),
  );

const sizes = (values: readonly (number | bigint)[]): Pickled => tuple(...values.map(integer));

/** torch._utils._rebuild_tensor_v2. */
export const tensor = (
  of: Pickled,
  shape: readonly (number | bigint)[],
  strides: readonly (number | bigint)[],
  offset: number | bigint = 0,
): Pickled =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    of,
    integer(offset),
    sizes(shape),
    sizes(strides),
    bool(false),
    orderedDict({}),
  );

/** As NumPy and PyTorch lay out what they make. */
export const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));

/** float32 values as bytes. */
export function floats(values: ArrayLike<number>, littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) view.setFloat32(index * 4, values[index] ?? 0, littleEndian);
  return bytes;
}

/** The format of PyTorch 1.6 and later. */
export function zipFile(
  object: Pickled,
  storages: Readonly<Record<string, Uint8Array>>,
  further: Readonly<Record<string, Uint8Array>> = {},
  level: 0 | 6 = 0,
): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes]);
  return zipSync({'archive/data.pkl': pickle(object), ...Object.fromEntries(data), ...further}, {level});
}

/** The format before PyTorch 1.6. Storages: bytes, and elements as their header says. */
export function legacyFile(
  object: Pickled,
  storages: Readonly<
    Record<string, {readonly elements: number; readonly bytes: Uint8Array; readonly bigEndianCount?: boolean}>
  >,
  machine: Readonly<Record<string, Pickled>> = {little_endian: bool(true)},
): Uint8Array {
  const counted = Object.values(storages).flatMap(({elements, bytes, bigEndianCount = false}) => {
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigInt64(0, BigInt(elements), !bigEndianCount);
    return [count, bytes];
  });
  return bytesOf(
    pickle(integer(0x1950a86a20f9469cfc6cn)),
    pickle(integer(1001)),
    pickle(dict({protocol_version: integer(1001), ...machine})),
    pickle(object),
    pickle(list(...Object.keys(storages).map(text))),
    ...counted,
  );
}

/** A state dict of float32 tensors, each with a storage of its own, in the format asked for. */
export function stateDictFile(
  format: 'zip' | 'legacy',
  tensors: Readonly<Record<string, {readonly shape: readonly number[]; readonly values: ArrayLike<number>}>>,
  wrap: (stateDict: Pickled) => Pickled = (stateDict) => stateDict,
): Uint8Array {
  const entries = Object.entries(tensors).map(([name, {shape, values}], index) => {
    const key = String(index);
    return {name, key, values, pickled: tensor(storage({key, elements: values.length}), shape, rowMajor(shape))};
  });
  const object = wrap(orderedDict(Object.fromEntries(entries.map(({name, pickled}) => [name, pickled]))));
  return format === 'zip'
    ? zipFile(object, Object.fromEntries(entries.map(({key, values}) => [key, floats(values)])))
    : legacyFile(
        object,
        Object.fromEntries(entries.map(({key, values}) => [key, {elements: values.length, bytes: floats(values)}])),
      );
}
