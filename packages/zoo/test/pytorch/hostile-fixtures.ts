// SPDX-License-Identifier: Apache-2.0
import {floats, storage, tensor} from './torch-file-writer.js';

/** The one storage of a file: one number. */
export const one = {0: floats([1])};

/** A sound tensor on that storage. */
export const good = tensor(storage({key: '0', elements: 1}), [1], [1]);
