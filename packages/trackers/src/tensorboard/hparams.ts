// SPDX-License-Identifier: Apache-2.0
import type {RunEnd, TrackedRun} from '@addernet/plugin';
import {type BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {double, integer, message, summaryEvent, text} from './event.js';

/*
 * TensorBoard's HParams tab: a run's settings, and how it ended. They stand in the metadata of values that have no numbers; the messages are those of
 * TensorBoard's hparams/plugin_data.proto.
 */

const START_TAG = '_hparams_/session_start_info';
export const END_TAG = '_hparams_/session_end_info';

/** Settings of training; the others decide where and how it is done. */
const SETTING = /^(epochs|batchSize|augmentation|trainSamples|optimizer\..*|schedule\..*)$/;
/** TensorBoard knows success and failure. */
const STATUS = {finished: 1, diverged: 2, failed: 2} as const;

/** A float vector of length 0, the shortest TensorProto there is: dtype DT_FLOAT, one dimension of size 0. */
const nothing = (writer: BinaryWriter): BinaryWriter =>
  message(writer, 8, (tensor) =>
    message(integer(tensor, 1, 1), 2, (shape) => message(shape, 2, (dimension) => dimension)),
  );

/** A value whose metadata is an HParamsPluginData. */
const pluginValue =
  (tag: string, write: (data: BinaryWriter) => BinaryWriter) =>
  (writer: BinaryWriter): BinaryWriter =>
    message(nothing(text(writer, 1, tag)), 9, (metadata) =>
      message(metadata, 1, (plugin) => message(text(plugin, 1, 'hparams'), 2, write)),
    );

/** A google.protobuf.Value. */
function setting(writer: BinaryWriter, value: string | number | boolean): BinaryWriter {
  if (typeof value === 'number') return double(writer, 2, value);
  return typeof value === 'string' ? text(writer, 3, value) : writer.tag(4, WireType.Varint).bool(value);
}

/** The run's tags and its settings of training. */
export function settingsEvent({id, tags, config}: TrackedRun, time: number): Uint8Array {
  const {seed, ...names} = tags;
  const settings = [
    ...Object.entries(names),
    ...(seed === undefined ? [] : [['seed', Number(seed)] as const]),
    ...Object.entries(config).filter(([field]) => SETTING.test(field)),
  ];
  const value = pluginValue(START_TAG, (data) =>
    message(data, 3, (start) => {
      for (const [name, entry] of settings) {
        message(start, 1, (pair) => message(text(pair, 1, name), 2, (inner) => setting(inner, entry)));
      }
      return double(text(start, 4, id), 5, time / 1000);
    }),
  );
  return summaryEvent({time, step: 0}, [value]);
}

/** How the run ended; undefined for one that may go on. */
export function endEvent({status, step, time}: RunEnd): Uint8Array | undefined {
  if (status === 'interrupted') return undefined;
  const value = pluginValue(END_TAG, (data) =>
    message(data, 4, (end) => double(integer(end, 1, STATUS[status]), 2, time / 1000)),
  );
  return summaryEvent({time, step}, [value]);
}
