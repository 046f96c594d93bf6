// SPDX-License-Identifier: Apache-2.0
import {PytorchFileError} from './errors.js';
import {readLegacyFile, startsLegacyFile} from './legacy-file.js';
import {describePickleValue, PickleDict, type PickleScalar, type PickleValue} from './pickle/values.js';
import {TorchTensor} from './torch-tensor.js';
import {readZipFile} from './zip-file.js';

export interface ReadPytorchOptions {
  /** Key of the state dict in the file's outermost dict. Default: found by its usual names, or the outermost dict itself. */
  readonly stateDict?: string;
}

/** A file's state dict, and what stands beside it. */
export interface PytorchFile {
  readonly format: 'zip' | 'legacy';
  /** By name, in the file's order; values are read when they are asked for. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** Plain values beside the state dict, e.g. {epoch: 180, best_prec1: 91.78}. */
  readonly extra: Readonly<Record<string, PickleScalar>>;
}

/** Where training scripts put the state dict. */
const USUAL_KEYS = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'weights'];

/** 'zip' and 'legacy' as told by the first bytes; undefined if they are none of PyTorch's. */
export function pytorchFormat(bytes: Uint8Array): 'zip' | 'legacy' | undefined {
  if ([0x50, 0x4b, 0x03, 0x04].every((byte, index) => bytes[index] === byte)) return 'zip';
  return startsLegacyFile(bytes) ? 'legacy' : undefined;
}

/**
 * Reads the state dict of a .pth, .pt or .th file, in either format of torch.save: tensors of real numbers and plain containers. Nothing in the file is
 * executed, and memory is taken only for what is there.
 *
 * @throws PytorchFileError if it is truncated, damaged or of another format; UnsafePickleError if it holds anything else
 */
export function readPytorchFile(bytes: Uint8Array, {stateDict}: ReadPytorchOptions = {}): PytorchFile {
  const format = pytorchFormat(bytes);
  if (format === undefined) {
    throw new PytorchFileError(
      `${bytes.byteLength} bytes, and the first are those of neither format of torch.save; expected a zip archive (PyTorch 1.6 ` +
        'and later) or a stream of pickles (before)',
    );
  }
  const value = format === 'zip' ? readZipFile(bytes) : readLegacyFile(bytes);
  if (!(value instanceof PickleDict)) {
    throw new PytorchFileError(`it holds ${describePickleValue(value)}; expected a state dict, or a dict with one`);
  }
  const extra: Record<string, PickleScalar> = {};
  const found = findStateDict(value, stateDict, extra);
  const tensors = new Map<string, TorchTensor>();
  for (const [name, entry] of found.entries) {
    if (entry instanceof TorchTensor && typeof name === 'string') tensors.set(name, entry);
    else if (!takeScalar(extra, name, entry)) {
      throw new PytorchFileError(
        `its state dict has ${describePickleValue(entry)} under ${describePickleValue(name)}; expected tensors by name`,
      );
    }
  }
  return {format, tensors, extra};
}

function findStateDict(value: PickleDict, asked: string | undefined, extra: Record<string, PickleScalar>): PickleDict {
  const names = [...value.entries.keys()].slice(0, 12).map(describePickleValue).join(', ');
  const entries = [...value.entries.values()];
  if (asked === undefined && (entries.length === 0 || entries.some((entry) => entry instanceof TorchTensor)))
    return value;
  const key = asked ?? USUAL_KEYS.find((candidate) => value.entries.get(candidate) instanceof PickleDict);
  const found = key === undefined ? undefined : value.entries.get(key);
  if (!(found instanceof PickleDict)) {
    throw new PytorchFileError(
      asked === undefined
        ? `no state dict under one of its usual names (${USUAL_KEYS.join(', ')}); the file has ${names}: say which with stateDict (on the command line --state-dict)`
        : `no state dict under '${asked}'; the file has ${names}`,
    );
  }
  for (const [name, entry] of value.entries) if (entry !== found) takeScalar(extra, name, entry);
  return found;
}

function takeScalar(extra: Record<string, PickleScalar>, name: PickleScalar, value: PickleValue): boolean {
  if (typeof value === 'object' && value !== null) return false;
  Object.defineProperty(extra, String(name), {value, enumerable: true, configurable: true, writable: true});
  return true;
}
