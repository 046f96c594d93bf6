// SPDX-License-Identifier: Apache-2.0
import {countImages, type DatasetDefinition, type SplitPart} from '../definition.js';
import {CIFAR_IMAGE_SHAPE, cifarRecordBytes, decodeCifarRecords, type CifarLayout} from '../formats/cifar-records.js';
import {onlyFile} from '../formats/part-files.js';
import {cifarStandIn} from '../stand-in/cifar-stand-in.js';
import {CIFAR100_CLASS_GROUPS} from './class-groups.js';
import {CIFAR100_CLASS_NAMES, CIFAR100_COARSE_CLASS_NAMES} from './class-names.js';

const layout: CifarLayout = {
  labels: [
    {name: 'coarse label', classCount: CIFAR100_COARSE_CLASS_NAMES.length},
    {name: 'fine label', classCount: CIFAR100_CLASS_NAMES.length},
  ],
};
/** Positions of the two label bytes in a record. */
const LABEL_INDEX = {coarse: 0, fine: 1} as const;

function recordFile(name: string, images: number): SplitPart {
  return {images, files: [{name, bytes: images * cifarRecordBytes(layout)}]};
}

const parts = {train: [recordFile('train.bin', 50_000)], test: [recordFile('test.bin', 10_000)]};

/** CIFAR-100 in its binary version (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009). */
export const cifar100: DatasetDefinition = {
  name: 'cifar100',
  title: 'CIFAR-100',
  description: '32×32 colour images of 100 classes, 5 in each of 20 superclasses',
  homepage: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  imageShape: CIFAR_IMAGE_SHAPE,
  numClasses: CIFAR100_CLASS_NAMES.length,
  splitSizes: countImages(parts),
  /**
   * Mean and standard deviation of the training pixels. The AdderNet authors published code for CIFAR-10 only, so their constants for
   * CIFAR-100 are not known.
   */
  normalization: {mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762]},
  augmentation: {padCrop: 4, horizontalFlip: true},
  classNames: {fine: CIFAR100_CLASS_NAMES, coarse: CIFAR100_COARSE_CLASS_NAMES},
  classGroups: CIFAR100_CLASS_GROUPS,
  folder: 'cifar-100-binary',
  parts,
  downloads: [
    {
      name: 'cifar-100-binary.tar.gz',
      urls: ['https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz'],
      md5: '03b5dce01913d631647c71ecec9e9cb8',
      bytes: 168_513_733,
      kind: 'tar.gz',
      provides: [...parts.train, ...parts.test].flatMap((part) => part.files.map((file) => file.name)),
    },
  ],
  decode: (part, files, labels) => decodeCifarRecords(onlyFile(files), layout, LABEL_INDEX[labels], part.images),
  standIn: cifarStandIn({layout, families: 20, variantsAsClasses: true}),
};
