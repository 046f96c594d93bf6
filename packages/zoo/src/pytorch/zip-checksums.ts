// SPDX-License-Identifier: Apache-2.0
import {strFromU8, ZipPassThrough} from 'fflate';
import {PytorchFileError} from './errors.js';

/** Signatures of PKWARE's APPNOTE, sections 4.3.12 and 4.3.14 to 4.3.16. */
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
/** Bit 11 of an entry's flags: its name is UTF-8. */
const UTF8_FLAG = 0x800;

const ENTRY_BYTES = 46;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;

/** Number of entries in a zip archive's directory, and where the first begins. */
function directoryOf(view: DataView): {readonly entries: number; readonly start: number} {
  let end = view.byteLength - END_BYTES;
  while (view.getUint32(end, true) !== DIRECTORY_END) end--;
  const locator = end - LOCATOR_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === ZIP64_LOCATOR) {
    const zip64 = Number(view.getBigUint64(locator + 8, true));
    if (view.getUint32(zip64, true) === ZIP64_END) {
      return {
        entries: Number(view.getBigUint64(zip64 + 32, true)),
        start: Number(view.getBigUint64(zip64 + 48, true)),
      };
    }
  }
  return {entries: view.getUint16(end + 8, true), start: view.getUint32(end + 16, true)};
}

/** The CRC-32 of every entry as the archive's directory has it; of two entries of one name the later. fflate reads the directory, but keeps these to itself. */
function checksumsOf(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checksums = new Map<string, number>();
  try {
    const {entries, start} = directoryOf(view);
    let position = start;
    for (let entry = 0; entry < entries; entry++) {
      if (view.getUint32(position, true) !== DIRECTORY_ENTRY) {
        throw new RangeError(`no entry at byte ${position}`);
      }
      const nameEnd = position + ENTRY_BYTES + view.getUint16(position + 28, true);
      const isLatin1 = (view.getUint16(position + 8, true) & UTF8_FLAG) === 0;
      const name = strFromU8(bytes.subarray(position + ENTRY_BYTES, nameEnd), isLatin1);
      checksums.set(name, view.getUint32(position + 16, true));
      position = nameEnd + view.getUint16(position + 30, true) + view.getUint16(position + 32, true);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PytorchFileError(`the directory of its zip archive cannot be read: truncated or damaged`, {cause: error});
  }
  return checksums;
}

function crc32(content: Uint8Array): number {
  const entry = new ZipPassThrough('');
  entry.ondata = () => undefined;
  entry.push(content, true);
  return entry.crc >>> 0;
}

const hexadecimal = (value: number): string => value.toString(16).padStart(8, '0');

/**
 * Compares entries of a zip archive with their checksums. Archives of which every checksum is 0 pass: `torch.serialization.set_crc32_options(False)` writes
 * them so.
 *
 * @throws PytorchFileError naming the first entry that differs
 */
export function verifyChecksums(bytes: Uint8Array, files: Readonly<Record<string, Uint8Array>>): void {
  const checksums = checksumsOf(bytes);
  if ([...checksums.values()].every((checksum) => checksum === 0)) return;
  for (const [name, content] of Object.entries(files)) {
    const [expected, given] = [checksums.get(name), crc32(content)];
    if (expected === given) continue;
    throw new PytorchFileError(
      `'${name}' has the checksum ${hexadecimal(given)}; its zip directory says ${expected === undefined ? 'none' : hexadecimal(expected)}: damaged`,
    );
  }
}
