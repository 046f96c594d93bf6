// SPDX-License-Identifier: Apache-2.0
import crc32c from 'crc-32/crc32c.js';

const MASK_DELTA = 0xa282ead8;
const LENGTH_BYTES = 8;
const CRC_BYTES = 4;

/** TensorFlow's masked CRC-32C: rotated right by 15 bits, plus a constant, modulo 2³². */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** A record of a TFRecord file: length (uint64), its masked CRC-32C, the data, its masked CRC-32C; little endian. */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(LENGTH_BYTES + CRC_BYTES + data.length + CRC_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, maskedCrc(record.subarray(0, LENGTH_BYTES)), true);
  record.set(data, LENGTH_BYTES + CRC_BYTES);
  view.setUint32(LENGTH_BYTES + CRC_BYTES + data.length, maskedCrc(data), true);
  return record;
}

/** The data of a file's records, up to its end or to the first that is cut off or damaged. */
export function decodeRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let offset = 0; offset + LENGTH_BYTES + 2 * CRC_BYTES <= file.length;) {
    const length = view.getBigUint64(offset, true);
    const begin = offset + LENGTH_BYTES + CRC_BYTES;
    if (view.getUint32(offset + LENGTH_BYTES, true) !== maskedCrc(file.subarray(offset, offset + LENGTH_BYTES))) break;
    if (length > BigInt(file.length - begin - CRC_BYTES)) break;
    const end = begin + Number(length);
    const data = file.subarray(begin, end);
    if (view.getUint32(end, true) !== maskedCrc(data)) break;
    records.push(data);
    offset = end + CRC_BYTES;
  }
  return records;
}
