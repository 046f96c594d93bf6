// SPDX-License-Identifier: Apache-2.0
import {countImages, type DatasetDefinition, type SplitPart} from '../definition.js';
import {CIFAR_IMAGE_SHAPE, cifarRecordBytes, decodeCifarRecords, type CifarLayout} from '../formats/cifar-records.js';
import {onlyFile} from '../formats/part-files.js';
import {cifarStandIn} from '../stand-in/cifar-stand-in.js';
import {CIFAR10_CLASS_NAMES} from './class-names.js';

const layout: CifarLayout = {labels: [{name: 'label', classCount: CIFAR10_CLASS_NAMES.length}]};

const BATCH_IMAGES = 10_000;

function batchFile(name: string): SplitPart {
  return {images: BATCH_IMAGES, files: [{name, bytes: BATCH_IMAGES * cifarRecordBytes(layout)}]};
}

const parts = {
  train: [1, 2, 3, 4, 5].map((number) => batchFile(`data_batch_${number}.bin`)),
  test: [batchFile('test_batch.bin')],
};

/** CIFAR-10 in its binary version (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009). */
export const cifar10: DatasetDefinition = {
  name: 'cifar10',
  title: 'CIFAR-10',
  description: '32×32 colour images of 10 classes of things and animals',
  homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  imageShape: CIFAR_IMAGE_SHAPE,
  numClasses: CIFAR10_CLASS_NAMES.length,
  splitSizes: countImages(parts),
  /** The constants of the AdderNet authors' training code. */
  normalization: {mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201]},
  augmentation: {padCrop: 4, horizontalFlip: true},
  classNames: {fine: CIFAR10_CLASS_NAMES},
  folder: 'cifar-10-batches-bin',
  parts,
  downloads: [
    {
      name: 'cifar-10-binary.tar.gz',
      urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
      md5: 'c32a1d4ab5d03f1284b67883e8d87530',
      bytes: 170_052_171,
      kind: 'tar.gz',
      provides: [...parts.train, ...parts.test].flatMap((part) => part.files.map((file) => file.name)),
    },
  ],
  decode: (part, files) => decodeCifarRecords(onlyFile(files), layout, 0, part.images),
  standIn: cifarStandIn({layout, families: 10}),
};
