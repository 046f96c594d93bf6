// SPDX-License-Identifier: Apache-2.0
import type {HistogramEvent, ImageEvent, TrackerEvent} from '@addernet/plugin';
import {BinaryReader, BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {encodeImage} from '../encode-image.js';

/*
 * Messages of TensorFlow's event.proto and summary.proto, by field number. Scalars, histograms and images are written as `simple_value`, `histo` and `image`,
 * which every version of TensorBoard reads.
 */

/** The version of event files; TensorBoard takes session logs into account from version 2 on. */
const FILE_VERSION = 'brain.Event:2';
const SESSION_START = 1;
const WRITER = 'addernet';

type Write = (writer: BinaryWriter) => BinaryWriter;

/** A message within a message. */
export const message = (writer: BinaryWriter, field: number, write: Write): BinaryWriter =>
  write(writer.tag(field, WireType.LengthDelimited).fork()).join();
export const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);
export const double = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Bit64).double(value);
export const integer = (writer: BinaryWriter, field: number, value: number): BinaryWriter =>
  writer.tag(field, WireType.Varint).int32(value);

function doubles(writer: BinaryWriter, field: number, values: readonly number[]): BinaryWriter {
  return message(writer, field, (packed) => values.reduce((sum, value) => sum.double(value), packed));
}

interface EventHead {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly epoch?: number;
}

/** @param write the rest of the message */
function event({time, step, epoch}: EventHead, write: Write): Uint8Array {
  const writer = double(new BinaryWriter(), 1, time / 1000)
    .tag(2, WireType.Varint)
    .int64(step);
  write(writer);
  // SourceMetadata.writer: TensorBoard shows it nowhere, and here it keeps what belongs to an epoch's end apart from what belongs to a step.
  message(writer, 10, (source) => text(source, 1, epoch === undefined ? WRITER : `${WRITER} epoch ${epoch}`));
  return writer.finish();
}

/** An event with a summary of the given values. */
export const summaryEvent = (head: EventHead, values: readonly Write[]): Uint8Array =>
  event(head, (writer) =>
    message(writer, 5, (summary) => values.reduce((sum, value) => message(sum, 1, value), summary)),
  );

/** The event that a file begins with. */
export const versionEvent = (time: number): Uint8Array =>
  event({time, step: 0}, (writer) => text(writer, 3, FILE_VERSION));

/** Says that a run begins, or goes on: what TensorBoard has of this step and of later ones is void. */
export const sessionStartEvent = (time: number, step: number): Uint8Array =>
  event({time, step}, (writer) => message(writer, 7, (session) => integer(session, 1, SESSION_START)));

const scalarValue =
  (tag: string, value: number): Write =>
  (writer) =>
    text(writer, 1, tag).tag(2, WireType.Bit32).float(value);

/** Bins of equal width, each by its upper edge. */
const histogramValue =
  ({name, histogram: {minimum, maximum, counts}, sum, sumOfSquares}: HistogramEvent): Write =>
  (writer) =>
    message(text(writer, 1, name), 5, (histo) => {
      double(histo, 1, minimum);
      double(histo, 2, maximum);
      double(
        histo,
        3,
        counts.reduce((total, count) => total + count, 0),
      );
      double(histo, 4, sum);
      double(histo, 5, sumOfSquares);
      const bins = counts.length;
      doubles(
        histo,
        6,
        counts.map((_, bin) => (bin === bins - 1 ? maximum : minimum + (maximum - minimum) * ((bin + 1) / bins))),
      );
      return doubles(histo, 7, counts);
    });

const imageValue =
  (image: ImageEvent): Write =>
  (writer) =>
    message(text(writer, 1, image.name), 4, (part) => {
      integer(part, 1, image.height);
      integer(part, 2, image.width);
      integer(part, 3, image.channels);
      return part.tag(4, WireType.LengthDelimited).bytes(encodeImage(image));
    });

/** What a tracker is told, as an Event message. */
export function encodeEvent(told: TrackerEvent): Uint8Array {
  switch (told.kind) {
    case 'scalars':
      return summaryEvent(
        told,
        Object.entries(told.values).map(([tag, value]) => scalarValue(tag, value)),
      );
    case 'histogram':
      return summaryEvent(told, [histogramValue(told)]);
    case 'image':
      return summaryEvent(told, [imageValue(told)]);
  }
}

/** What must be known of an event to say whether it is to stay. */
export interface EventOutline {
  readonly step: number;
  readonly epoch?: number;
  /** Names of the summary's values; none where the event has no summary. */
  readonly tags: readonly string[];
}

/** Calls `read` for every field of a message; a field that it does not read must be skipped by it. */
function eachField(reader: BinaryReader, length: number, read: (field: number, type: WireType) => void): void {
  const end = reader.pos + length;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    read(field, type);
  }
}

/** Reads an Event message. */
export function outlineEvent(data: Uint8Array): EventOutline {
  const reader = new BinaryReader(data);
  const tags: string[] = [];
  let step = 0;
  let epoch: number | undefined;
  const readValue = (field: number, type: WireType): void => {
    if (field === 1) tags.push(reader.string());
    else reader.skip(type, field);
  };
  const readSummary = (field: number, type: WireType): void => {
    if (field === 1) eachField(reader, reader.uint32(), readValue);
    else reader.skip(type, field);
  };
  const readSource = (field: number, type: WireType): void => {
    if (field !== 1) return void reader.skip(type, field);
    const [, digits] = /^addernet epoch (\d+)$/.exec(reader.string()) ?? [];
    if (digits !== undefined) epoch = Number(digits);
  };
  eachField(reader, data.length, (field, type) => {
    if (field === 2) step = Number(reader.int64());
    else if (field === 5) eachField(reader, reader.uint32(), readSummary);
    else if (field === 10) eachField(reader, reader.uint32(), readSource);
    else reader.skip(type, field);
  });
  return {step, ...(epoch === undefined ? {} : {epoch}), tags};
}
