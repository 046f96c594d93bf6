// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';

/** MD5 of a file, hexadecimal: the checksum that the datasets' publishers give. */
export async function md5OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path, {highWaterMark: 1 << 20}), hash, {signal});
  return hash.digest('hex');
}
