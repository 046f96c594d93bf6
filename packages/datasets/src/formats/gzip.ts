// SPDX-License-Identifier: Apache-2.0
import type {NamedBytes} from '../definition.js';
import {DataFileError, DataFileSizeError, formatCount} from '../errors.js';

/** Whether the bytes start as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file, in browsers too.
 *
 * @param expectedBytes size that must come out; nothing beyond it is kept, so a hostile file cannot fill the memory.
 * @throws DataFileError when the file is truncated or corrupt; DataFileSizeError when another size comes out.
 */
export async function gunzip(file: NamedBytes, expectedBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(expectedBytes);
  let received = 0;
  try {
    const copy = new Uint8Array(file.bytes); // Blob wants bytes over a plain ArrayBuffer
    const reader = new Blob([copy]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (;;) {
      const {done, value} = await reader.read();
      if (done) break;
      received += value.length;
      if (received > expectedBytes) {
        await reader.cancel();
        break;
      }
      result.set(value, received - value.length);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `cannot be decompressed after ${formatCount(received)} bytes: ${reason} (a truncated or corrupt gzip file)`;
    throw new DataFileError(file.name, message, {cause: error});
  }
  if (received !== expectedBytes) {
    throw new DataFileSizeError(file.name, expectedBytes, received, 'decompressed; is it the right file?');
  }
  return result;
}
