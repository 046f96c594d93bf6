// SPDX-License-Identifier: Apache-2.0
import type {SplitName} from '@addernet/plugin';
import type {RecordFile, SplitPart} from '../definition.js';

/** Height and width of an image. */
export const MNIST_SIZE = 28;

const PREFIX = {train: 'train', test: 't10k'} as const satisfies Record<SplitName, string>;

/** The two files of a split with `images` images. */
export function mnistPart(split: SplitName, images: number): SplitPart {
  const file = (name: string, bytes: number): RecordFile => ({name, bytes, gzipName: `${name}.gz`});
  return {
    images,
    files: [
      file(`${PREFIX[split]}-images-idx3-ubyte`, 16 + images * MNIST_SIZE * MNIST_SIZE),
      file(`${PREFIX[split]}-labels-idx1-ubyte`, 8 + images),
    ],
  };
}
