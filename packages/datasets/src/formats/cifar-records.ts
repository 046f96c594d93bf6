// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {DecodedImages, NamedBytes} from '../definition.js';
import {DataFileSizeError, formatCount, LabelRangeError} from '../errors.js';

/**
 * The binary version of CIFAR: records of one byte per label, then 32×32 bytes of red, of green and of blue, each row by row.
 * Format: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
 */
export interface CifarLayout {
  /** The label bytes in order; CIFAR-100 has [coarse, fine]. */
  readonly labels: readonly {readonly name: string; readonly classCount: number}[];
}

const SIZE = 32;
const PLANE = SIZE * SIZE;
const CHANNELS = 3;
const IMAGE_BYTES = PLANE * CHANNELS;

/** [height, width, channels] of a CIFAR image. */
export const CIFAR_IMAGE_SHAPE = [SIZE, SIZE, CHANNELS] as const;

/** Bytes of one record: 3073 for CIFAR-10, 3074 for CIFAR-100. */
export function cifarRecordBytes(layout: CifarLayout): number {
  return layout.labels.length + IMAGE_BYTES;
}

/**
 * Reads a file of CIFAR records.
 *
 * @param labelIndex which of the layout's label bytes to return; all are checked.
 * @param count number of records the file must have; absent: as many as it holds.
 * @returns pixels [count, 32, 32, 3] (the file's are [count, 3, 32, 32]).
 * @throws DataFileSizeError when the length is not `count` records, or not a whole number of them.
 * @throws LabelRangeError for a label that is no class.
 */
export function decodeCifarRecords(
  file: NamedBytes,
  layout: CifarLayout,
  labelIndex: number,
  count?: number,
): DecodedImages {
  if (!(labelIndex in layout.labels)) {
    throw new ArgumentError(
      `decodeCifarRecords: labelIndex is ${labelIndex}; expected 0 to ${layout.labels.length - 1}`,
    );
  }
  const {bytes, name} = file;
  const recordBytes = cifarRecordBytes(layout);
  const records = count ?? Math.floor(bytes.length / recordBytes);
  if (bytes.length !== records * recordBytes) {
    const hint = `${formatCount(records)} records of ${formatCount(recordBytes)} bytes; is the file truncated?`;
    throw new DataFileSizeError(name, records * recordBytes, bytes.length, hint);
  }
  const pixels = new Uint8Array(records * IMAGE_BYTES);
  const labels = new Uint8Array(records);
  for (let record = 0; record < records; record++) {
    const start = record * recordBytes;
    layout.labels.forEach((label, index) => {
      const value = bytes[start + index];
      if (value >= label.classCount) throw new LabelRangeError(name, record, label.name, value, label.classCount);
      if (index === labelIndex) labels[record] = value;
    });
    interleavePlanes(bytes, start + layout.labels.length, pixels, record * IMAGE_BYTES);
  }
  return {pixels, labels, count: records};
}

function interleavePlanes(from: Uint8Array, fromStart: number, to: Uint8Array, toStart: number): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    const source = fromStart + pixel;
    const target = toStart + pixel * CHANNELS;
    to[target] = from[source];
    to[target + 1] = from[source + PLANE];
    to[target + 2] = from[source + 2 * PLANE];
  }
}

/**
 * Writes CIFAR records; the inverse of `decodeCifarRecords`.
 *
 * @param pixels [count, 32, 32, 3].
 * @param labels one array of `count` labels per label byte of the layout.
 */
export function encodeCifarRecords(
  pixels: Uint8Array,
  labels: readonly Uint8Array[],
  layout: CifarLayout,
): Uint8Array<ArrayBuffer> {
  const count = labels[0]?.length ?? 0;
  const complete = labels.length === layout.labels.length && labels.every((values) => values.length === count);
  if (!complete || pixels.length !== count * IMAGE_BYTES) {
    throw new ArgumentError(
      `encodeCifarRecords: ${labels.length} label arrays of ${labels.map((values) => values.length).join(', ')} and ` +
        `${pixels.length} pixel bytes; expected ${layout.labels.length} label arrays of one length n, and n × ${IMAGE_BYTES} pixel bytes`,
    );
  }
  const recordBytes = cifarRecordBytes(layout);
  const bytes = new Uint8Array(count * recordBytes);
  for (let record = 0; record < count; record++) {
    const start = record * recordBytes;
    labels.forEach((values, index) => (bytes[start + index] = values[record]));
    const target = start + labels.length;
    for (let pixel = 0; pixel < PLANE; pixel++) {
      const source = record * IMAGE_BYTES + pixel * CHANNELS;
      bytes[target + pixel] = pixels[source];
      bytes[target + PLANE + pixel] = pixels[source + 1];
      bytes[target + 2 * PLANE + pixel] = pixels[source + 2];
    }
  }
  return bytes;
}
