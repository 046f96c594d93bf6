// SPDX-License-Identifier: Apache-2.0
import {readFileSync, readdirSync} from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import {z} from 'zod';

/** The parts that are used of TensorFlow's event.proto, summary.proto and tensor.proto, and of TensorBoard's hparams/plugin_data.proto. */
const PROTO = `
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
    SourceMetadata source_metadata = 10;
  }
  message SourceMetadata { string writer = 1; }
  message SessionLog { enum Status { STATUS_UNSPECIFIED = 0; START = 1; STOP = 2; CHECKPOINT = 3; } Status status = 1; }
  message Summary {
    message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
    message Value {
      string tag = 1;
      SummaryMetadata metadata = 9;
      oneof value { float simple_value = 2; Image image = 4; HistogramProto histo = 5; Tensor tensor = 8; }
    }
    repeated Value value = 1;
  }
  message HistogramProto {
    double min = 1; double max = 2; double num = 3; double sum = 4; double sum_squares = 5;
    repeated double bucket_limit = 6 [packed = true];
    repeated double bucket = 7 [packed = true];
  }
  message Tensor {
    message Shape { message Dim { int64 size = 1; } repeated Dim dim = 2; }
    int32 dtype = 1; Shape tensor_shape = 2;
  }
  message SummaryMetadata { message PluginData { string plugin_name = 1; bytes content = 2; } PluginData plugin_data = 1; }
  message HParamsPluginData { int32 version = 1; SessionStartInfo session_start_info = 3; SessionEndInfo session_end_info = 4; }
  message SessionStartInfo { map<string, JsonValue> hparams = 1; string group_name = 4; double start_time_secs = 5; }
  message SessionEndInfo { int32 status = 1; double end_time_secs = 2; }
  message JsonValue { oneof kind { double number_value = 2; string string_value = 3; bool bool_value = 4; } }
`;

const {root} = protobuf.parse(PROTO, {keepCase: true});
const bytes = z.instanceof(Uint8Array);

const hparamsSchema = z.looseObject({
  session_start_info: z
    .looseObject({
      group_name: z.string(),
      hparams: z.record(
        z.string(),
        z.object({number_value: z.number(), string_value: z.string(), bool_value: z.boolean()}).partial(),
      ),
    })
    .optional(),
  session_end_info: z.looseObject({status: z.number()}).optional(),
});
export type HParams = z.output<typeof hparamsSchema>;

const eventSchema = z.looseObject({
  wall_time: z.number(),
  step: z.number().default(0),
  file_version: z.string().optional(),
  session_log: z.object({status: z.string()}).optional(),
  summary: z
    .object({
      value: z.array(
        z.looseObject({
          tag: z.string(),
          simple_value: z.number().optional(),
          histo: z
            .looseObject({
              min: z.number(),
              max: z.number(),
              num: z.number(),
              sum: z.number(),
              sum_squares: z.number(),
              bucket_limit: z.array(z.number()),
              bucket: z.array(z.number()),
            })
            .optional(),
          image: z
            .object({height: z.number(), width: z.number(), colorspace: z.number(), encoded_image_string: bytes})
            .optional(),
          metadata: z.object({plugin_data: z.object({plugin_name: z.string(), content: bytes})}).optional(),
        }),
      ),
    })
    .optional(),
});
export type ReadEvent = z.output<typeof eventSchema>;

const toObject = (type: string, data: Uint8Array): unknown => {
  const message = root.lookupType(type);
  return message.toObject(message.decode(data), {longs: Number, enums: String});
};

export const readHParams = (content: Uint8Array): HParams =>
  hparamsSchema.parse(toObject('HParamsPluginData', content));

/** CRC-32C bit by bit, from its polynomial. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function unmasked(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** @throws if a record is cut off or a checksum is wrong */
function readEventFile(file: string): ReadEvent[] {
  const content = readFileSync(file);
  const events: ReadEvent[] = [];
  for (let offset = 0; offset < content.length;) {
    const length = Number(content.readBigUInt64LE(offset));
    const data = content.subarray(offset + 12, offset + 12 + length);
    if (unmasked(content.readUInt32LE(offset + 8)) !== crc32c(content.subarray(offset, offset + 8)))
      throw new Error(`${file}: length at ${offset}`);
    if (unmasked(content.readUInt32LE(offset + 12 + length)) !== crc32c(data))
      throw new Error(`${file}: data at ${offset}`);
    events.push(eventSchema.parse(toObject('Event', data)));
    offset += length + 16;
  }
  return events;
}

export const eventFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes('tfevents'))
    .sort()
    .map((name) => path.join(folder, name));

/** A run's events in the order in which TensorBoard reads them. */
export const readEvents = (folder: string): ReadEvent[] => eventFiles(folder).flatMap(readEventFile);
