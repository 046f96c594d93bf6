// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import type {NamedBytes} from '../definition.js';

/** The file of a part that consists of one. */
export function onlyFile(files: readonly NamedBytes[]): NamedBytes {
  const [file] = files;
  if (file === undefined || files.length !== 1) {
    throw new ArgumentError(`decode: ${files.length} files given; expected 1`);
  }
  return file;
}
