// SPDX-License-Identifier: Apache-2.0
import {BYTES_PER_ELEMENT} from '@addernet/nn';
import {PytorchFileError} from './errors.js';
import {ByteReader} from './pickle/byte-reader.js';
import {unpickle} from './pickle/unpickle.js';
import {describePickleValue, PickleDict, PickleList, type PickleValue} from './pickle/values.js';
import {TorchHost} from './torch-host.js';

/** What the first pickle of a legacy file holds. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

const MAGIC_BYTES = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/** The magic number comes after PROTO, perhaps FRAME, and LONG1. */
const FURTHEST_MAGIC = 16;

/** Whether these are the first bytes of a legacy file. */
export function startsLegacyFile(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, FURTHEST_MAGIC).indexOf(0x6c);
  return bytes[0] === 0x80 && first > 0 && MAGIC_BYTES.every((byte, index) => bytes[first + index] === byte);
}

/**
 * Before PyTorch 1.6 (and later with `_use_new_zipfile_serialization=False`): pickles of a magic number, the protocol's version, facts about the machine,
 * the object itself and the list of its storages' keys; then, for each key, the number of elements as 64-bit integer and the elements. Elements are
 * little-endian on every machine; the number of them was not, in early versions.
 */
export function readLegacyFile(bytes: Uint8Array): PickleValue {
  const reader = new ByteReader(bytes);
  const host = new TorchHost(bytes.byteLength, true);
  const magic = unpickle(reader, host);
  if (magic !== MAGIC_NUMBER)
    throw new PytorchFileError(`it begins with ${describePickleValue(magic)}; not a file of torch.save`);
  const version = unpickle(reader, host);
  if (version !== PROTOCOL_VERSION) {
    throw new PytorchFileError(`its protocol is ${describePickleValue(version)}; expected ${PROTOCOL_VERSION}`);
  }
  const machine = unpickle(reader, host);
  const bigEndianMachine = machine instanceof PickleDict && machine.entries.get('little_endian') === false;
  const value = unpickle(reader, host);
  const keys = unpickle(reader, host);
  if (!(keys instanceof PickleList)) {
    throw new PytorchFileError(`its storages' keys are ${describePickleValue(keys)}; expected a list`);
  }

  for (const key of keys.items) {
    const storage = typeof key === 'string' ? host.storages.get(key) : undefined;
    if (storage === undefined || storage.bytes !== undefined) {
      throw new PytorchFileError(
        `its list of storages has ${describePickleValue(key)}, which no tensor uses or which came before`,
      );
    }
    const elements = BigInt(storage.byteLength / (storage.dtype === undefined ? 1 : BYTES_PER_ELEMENT[storage.dtype]));
    const start = reader.position;
    const given = reader.int64();
    if (given !== elements) {
      reader.position = start;
      if (!bigEndianMachine || reader.int64(false) !== elements) {
        throw new PytorchFileError(`storage '${storage.key}' has ${given} elements; its pickle says ${elements}`);
      }
    }
    storage.bytes = reader.take(storage.byteLength);
  }
  for (const {key, bytes: content} of host.storages.values()) {
    if (content === undefined) throw new PytorchFileError(`storage '${key}' is not in the file`);
  }
  for (const {view, base, offset} of host.views.values()) {
    view.bytes = base.bytes?.subarray(offset, offset + view.byteLength);
  }
  return value;
}
