// SPDX-License-Identifier: Apache-2.0
import {open, stat} from 'node:fs/promises';
import path from 'node:path';
import {WeightsFileError, errorCode, errorText} from '../errors.js';
import {checkpointFormat} from './checkpoint-format.js';
import type {WeightFormat, WeightsFile} from './formats.js';
import {layersModelFormat} from './layers-model.js';

/** The formats that are read without further ado, in the order in which they are asked. */
export const weightFormats: readonly WeightFormat[] = [layersModelFormat, checkpointFormat];

const HEAD_BYTES = 4096;

async function head(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(HEAD_BYTES);
    const {bytesRead} = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A folder stands for its model.json, and weights.bin for the model.json beside it. */
async function actualFile(given: string): Promise<string> {
  try {
    if ((await stat(given)).isDirectory()) return path.join(given, 'model.json');
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'there is no such file' : `cannot be read: ${errorText(error)}`;
    throw new WeightsFileError(given, `${reason}; expected a weights file or a run's folder`, {cause: error});
  }
  return path.basename(given) === 'weights.bin' ? path.join(path.dirname(given), 'model.json') : given;
}

/**
 * Reads a weights file of any known format.
 *
 * @throws WeightsFileError if it is missing, of no known format, truncated, or holds NaN or infinite values
 */
export async function readWeights(
  given: string,
  formats: readonly WeightFormat[] = weightFormats,
): Promise<WeightsFile> {
  const file = await actualFile(given);
  let start: Uint8Array;
  try {
    start = await head(file);
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'there is no such file' : `cannot be read: ${errorText(error)}`;
    throw new WeightsFileError(file, reason, {cause: error});
  }
  const format = formats.find((candidate) => candidate.recognises(file, start));
  if (format === undefined) {
    const known = formats.map(({description, extensions}) => `${description} (${extensions.join(', ')})`).join('; ');
    const what = start.length === 0 ? 'the file is empty' : 'its format is not known';
    throw new WeightsFileError(file, `${what}; expected ${known}`);
  }
  const read = await format.read(file);
  for (const {name, values} of read.weights) {
    const bad = values.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
    if (bad > 0) {
      throw new WeightsFileError(file, `${name} holds ${bad} values that are NaN or infinite, of ${values.length}`);
    }
  }
  return read;
}
