// SPDX-License-Identifier: Apache-2.0
import {BYTES_PER_ELEMENT, elementReader, type StoredDtype} from '@addernet/nn';
import {PytorchFileError} from './errors.js';
import {HostObject} from './pickle/values.js';

/** A tensor's memory, which several tensors may share; its bytes are found after the pickle is read. */
export class TorchStorage extends HostObject {
  readonly what = 'a storage';
  bytes: Uint8Array | undefined;

  constructor(
    readonly key: string,
    /** Absent for an untyped storage: its tensors say it. */
    readonly dtype: StoredDtype | undefined,
    readonly byteLength: number,
    readonly littleEndian: boolean,
  ) {
    super();
  }
}

/** A strided view of a storage. Nothing is read before `toFloat32`. */
export class TorchTensor extends HostObject {
  readonly what: string;
  /** Number of elements. */
  readonly size: number;

  /** @throws PytorchFileError if any element lies outside the storage */
  constructor(
    readonly storage: TorchStorage,
    readonly dtype: StoredDtype,
    /** In elements. */
    readonly offset: number,
    /** [] for a scalar. */
    readonly shape: readonly number[],
    /** In elements. */
    readonly strides: readonly number[],
  ) {
    super();
    this.what = `a tensor of ${dtype} [${shape.join(', ')}]`;
    this.size = shape.reduce((product, size) => product * size, 1);
    const available = Math.floor(storage.byteLength / BYTES_PER_ELEMENT[dtype]);
    const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
    const fits = this.size === 0 ? offset <= available : last < available;
    if (shape.length !== strides.length || !Number.isSafeInteger(this.size) || !Number.isSafeInteger(last) || !fits) {
      throw new PytorchFileError(
        `a tensor of shape [${shape.join(', ')}], strides [${strides.join(', ')}] and offset ${offset} does not fit its storage ` +
          `of ${available} ${dtype}`,
      );
    }
  }

  /**
   * The elements in row-major order. Takes memory for `size` elements: check the shape first, for an expanded tensor (stride 0) has more of them than
   * its file has bytes.
   */
  toFloat32(): Float32Array {
    const {bytes, littleEndian} = this.storage;
    if (bytes === undefined) throw new PytorchFileError(`storage '${this.storage.key}' is not in the file`);
    const read = elementReader(this.dtype);
    const width = BYTES_PER_ELEMENT[this.dtype];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = new Float32Array(this.size);
    const position = this.shape.map(() => 0);
    let element = this.offset;
    for (let index = 0; index < values.length; index++) {
      values[index] = read(view, element * width, littleEndian);
      for (let axis = position.length - 1; axis >= 0; axis--) {
        const stride = this.strides[axis] ?? 0;
        const next = (position[axis] ?? 0) + 1;
        if (next < (this.shape[axis] ?? 0)) {
          position[axis] = next;
          element += stride;
          break;
        }
        position[axis] = 0;
        element -= (next - 1) * stride;
      }
    }
    return values;
  }
}
