// SPDX-License-Identifier: Apache-2.0
import {unzipSync, type UnzipFileInfo} from 'fflate';
import {PytorchFileError} from './errors.js';
import {ByteReader} from './pickle/byte-reader.js';
import {unpickle} from './pickle/unpickle.js';
import type {PickleValue} from './pickle/values.js';
import {TorchHost} from './torch-host.js';
import {verifyChecksums} from './zip-checksums.js';

/** PyTorch 1.6 and later: a zip archive of NAME/data.pkl, NAME/byteorder (absent before 2.1) and NAME/data/KEY, a storage each. */
export function readZipFile(bytes: Uint8Array): PickleValue {
  const directory = new Map<string, UnzipFileInfo>();
  extract(bytes, (entry) => {
    directory.set(entry.name, entry);
    return false;
  });
  const pickles = [...directory.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    const names = [...directory.keys()].slice(0, 6).join(', ');
    throw new PytorchFileError(`a zip archive with ${pickles.length} NAME/data.pkl; expected one (it has ${names})`);
  }
  const root = pickle.slice(0, -'data.pkl'.length);
  if (directory.has(`${root}constants.pkl`)) {
    throw new PytorchFileError('a TorchScript archive; expected one of torch.save(model.state_dict(), file)');
  }

  const head = extract(bytes, ({name}) => name === pickle || name === `${root}byteorder`);
  const host = new TorchHost(bytes.byteLength, isLittleEndian(head[`${root}byteorder`]));
  const reader = new ByteReader(head[pickle] ?? new Uint8Array());
  const value = unpickle(reader, host);

  for (const {key, byteLength} of host.storages.values()) {
    const size = directory.get(`${root}data/${key}`)?.originalSize;
    if (size !== byteLength) {
      throw new PytorchFileError(`storage '${key}' has ${size ?? 'no'} bytes; its pickle says ${byteLength}`);
    }
  }
  const data = extract(
    bytes,
    ({name}) => name.startsWith(`${root}data/`) && host.storages.has(name.slice(root.length + 'data/'.length)),
  );
  for (const storage of host.storages.values()) storage.bytes = data[`${root}data/${storage.key}`];
  return value;
}

function isLittleEndian(record: Uint8Array | undefined): boolean {
  const order = record === undefined ? 'little' : new TextDecoder().decode(record.subarray(0, 16));
  if (order !== 'little' && order !== 'big') {
    throw new PytorchFileError(`its byteorder is '${order}'; expected 'little' or 'big'`);
  }
  return order === 'little';
}

/**
 * The chosen entries. Every entry is checked before memory is taken for any: all are stored as they are, as torch.save stores them, none twice, and together
 * they are no more than the archive, so that no archive can unpack to more than its own size.
 */
function extract(bytes: Uint8Array, choose: (entry: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  const sizes = new Map<string, number>();
  let total = 0;
  const filter = (entry: UnzipFileInfo): boolean => {
    const {name, size, originalSize, compression} = entry;
    if (name === '' || sizes.has(name)) {
      throw new PytorchFileError(
        `its zip directory has ${name === '' ? 'an entry without a name' : `'${name}' twice`}`,
      );
    }
    if (compression !== 0 || size !== originalSize) {
      throw new PytorchFileError(`'${name}' is compressed in its zip archive; expected it stored, as torch.save does`);
    }
    sizes.set(name, size);
    total += size;
    if (total > bytes.byteLength) {
      throw new PytorchFileError('the entries of its zip archive are larger than the archive: truncated or damaged');
    }
    return choose(entry);
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {filter});
  } catch (error) {
    if (error instanceof PytorchFileError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PytorchFileError(`a zip archive that cannot be read (${reason}): truncated or damaged`, {cause: error});
  }
  for (const [name, content] of Object.entries(files)) {
    if (content.byteLength !== sizes.get(name)) {
      throw new PytorchFileError(`'${name}' is cut short in its zip archive: truncated or damaged`);
    }
  }
  verifyChecksums(bytes, files);
  return files;
}
