// SPDX-License-Identifier: Apache-2.0
import {PytorchFileError} from '../errors.js';

/** Reads forwards through bytes; everything that is not there is an error. */
export class ByteReader {
  readonly #view: DataView;
  #text: TextDecoder | undefined;

  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  int64(littleEndian = true): bigint {
    return this.#view.getBigInt64(this.#take(8), littleEndian);
  }

  /** Big-endian, as BINFLOAT has it. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A length of 64 bits. */
  length64(): number {
    const length = this.#view.getBigUint64(this.#take(8), true);
    return Number(length > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : length);
  }

  /** A view, not a copy. */
  take(length: number): Uint8Array {
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** UTF-8. */
  text(length: number): string {
    const start = this.position;
    const bytes = this.take(length);
    this.#text ??= new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
    try {
      return this.#text.decode(bytes);
    } catch (error) {
      throw new PytorchFileError(`the text at byte ${start} is not UTF-8`, {cause: error});
    }
  }

  /** Up to the next line feed, which is passed over. */
  line(most: number): string {
    const end = this.bytes.subarray(0, this.position + most + 1).indexOf(0x0a, this.position);
    if (end < 0) {
      throw new PytorchFileError(`no line of at most ${most} bytes at byte ${this.position}: damaged or truncated`);
    }
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  #take(length: number): number {
    const start = this.position;
    const left = this.bytes.byteLength - start;
    if (length > left) {
      throw new PytorchFileError(
        `${length} bytes are to follow byte ${start}; there are ${left}: the file is truncated or damaged`,
      );
    }
    this.position += length;
    return start;
  }
}
