// SPDX-License-Identifier: Apache-2.0
import {createHash} from 'node:crypto';
import {decodeSafetensors, encodeSafetensors, type StoredTensor} from '@addernet/nn';
import {CheckpointError, errorText} from '../errors.js';
import {identitySchema, trainingStateSchema, type TrainingState} from './training-state.js';

/** Of the form of checkpoint files; another number is refused. */
const CHECKPOINT_VERSION = '1';

const MODEL = 'model/';
const OPTIMIZER = 'optimizer/';

/** Everything that the rest of a run depends on. */
export interface Checkpoint {
  /** What was trained: experiment's dataset and its label, architecture, operator, seed, backend. */
  readonly identity: Readonly<Record<string, string>>;
  readonly state: TrainingState;
  /** All of the model's weights, batch normalisation's running statistics included, by layer and weight name. */
  readonly model: readonly StoredTensor[];
  /** The optimizer's slots: 'iter', and '<weight>/momentum' for every trained weight. */
  readonly optimizer: readonly StoredTensor[];
}

const prefixed = (prefix: string, tensors: readonly StoredTensor[]): StoredTensor[] =>
  tensors.map((tensor) => ({...tensor, name: prefix + tensor.name}));

/** Over all that the file says, so that a bit that turned on the disk is found. */
function digest(tensors: readonly StoredTensor[], texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  for (const {name, dtype, shape, bytes} of [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name} ${dtype}[${shape.join(',')}]
`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

/**
 * A checkpoint as one safetensors file: tensors 'model/…' and 'optimizer/…' (float32, the step counter int32), and in the metadata `addernet` (the
 * form's version), `identity` and `state` (JSON) and a SHA-256 over all of it. Any safetensors reader opens it.
 */
export function encodeCheckpoint({identity, state, model, optimizer}: Checkpoint): Uint8Array {
  const tensors = [...prefixed(MODEL, model), ...prefixed(OPTIMIZER, optimizer)];
  const texts = {identity: JSON.stringify(identity), state: JSON.stringify(state)};
  return encodeSafetensors(tensors, {
    addernet: CHECKPOINT_VERSION,
    ...texts,
    sha256: digest(tensors, [texts.identity, texts.state]),
  });
}

function parseJson(file: string, what: string, text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    throw new CheckpointError(file, `its ${what} is not JSON (${errorText(error)})`, {cause: error});
  }
}

/**
 * Reads what `encodeCheckpoint` made. Data only: nothing in it is executed, and sizes are checked before anything is allocated.
 *
 * @throws CheckpointError if the file is truncated, altered, or of another form
 */
export function decodeCheckpoint(file: string, bytes: Uint8Array): Checkpoint {
  let decoded: ReturnType<typeof decodeSafetensors>;
  try {
    decoded = decodeSafetensors(bytes);
  } catch (error) {
    throw new CheckpointError(file, errorText(error), {cause: error});
  }
  const {metadata, tensors} = decoded;
  if (metadata.addernet !== CHECKPOINT_VERSION) {
    throw new CheckpointError(
      file,
      metadata.addernet === undefined
        ? 'a safetensors file without the state of a run; expected a checkpoint of a run'
        : `of form ${metadata.addernet}; this version reads form ${CHECKPOINT_VERSION}`,
    );
  }
  if (metadata.sha256 !== digest(tensors, [metadata.identity ?? '', metadata.state ?? ''])) {
    throw new CheckpointError(file, 'its content does not have the SHA-256 that it names: the file was altered');
  }
  const state = trainingStateSchema.safeParse(parseJson(file, 'state', metadata.state));
  const identity = identitySchema.safeParse(parseJson(file, 'identity', metadata.identity));
  if (!state.success || !identity.success) {
    const issue = (state.error ?? identity.error)?.issues[0];
    throw new CheckpointError(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'another form'}`);
  }
  const part = (prefix: string): StoredTensor[] =>
    tensors
      .filter(({name}) => name.startsWith(prefix))
      .map((tensor) => ({...tensor, name: tensor.name.slice(prefix.length)}));
  return {identity: identity.data, state: state.data, model: part(MODEL), optimizer: part(OPTIMIZER)};
}
