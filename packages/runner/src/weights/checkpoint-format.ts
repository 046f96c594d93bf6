// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {toFloat32} from '@addernet/nn';
import {decodeCheckpoint, type Checkpoint} from '../checkpoints/checkpoint-file.js';
import {CheckpointError, WeightsFileError, errorText} from '../errors.js';
import type {WeightFormat, WeightsFile} from './formats.js';

/** How the header of a checkpoint begins, which is a safetensors file. */
const BEGINNING = '{"__metadata__":{"addernet":';
/** Before the header stands its length. */
const LENGTH_BYTES = 8;

/** The model of a checkpoint; its identity is the metadata. */
export const checkpointWeights = ({model, identity}: Checkpoint): WeightsFile => ({
  format: 'checkpoint',
  metadata: identity,
  weights: model.map((tensor) => ({name: tensor.name, shape: tensor.shape, values: toFloat32(tensor)})),
});

async function read(file: string): Promise<WeightsFile> {
  try {
    return checkpointWeights(decodeCheckpoint(file, await readFile(file)));
  } catch (error) {
    if (error instanceof CheckpointError) throw new WeightsFileError(file, error.message, {cause: error});
    throw new WeightsFileError(file, `cannot be read: ${errorText(error)}`, {cause: error});
  }
}

/** What a run keeps to go on from, in the folder `checkpoints` beside its model.json. */
export const checkpointFormat: WeightFormat = {
  name: 'checkpoint',
  description: 'a checkpoint of a run',
  extensions: ['.safetensors'],
  recognises: (_file, head) => new TextDecoder().decode(head.subarray(LENGTH_BYTES)).startsWith(BEGINNING),
  read,
};
