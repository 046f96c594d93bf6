// SPDX-License-Identifier: Apache-2.0
import {ArgumentError} from '@addernet/core';
import {
  countImages,
  type DatasetDefinition,
  type DecodedImages,
  type NamedBytes,
  type SplitPart,
} from '../definition.js';
import {DataFileError, LabelRangeError} from '../errors.js';
import {decodeIdx} from '../formats/idx.js';
import {mnistPart, MNIST_SIZE} from './files.js';
import {mnistStandIn} from '../stand-in/mnist-stand-in.js';

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

const parts = {train: [mnistPart('train', 60_000)], test: [mnistPart('test', 10_000)]};

/** The servers that carry LeCun's files unchanged; the original site answers no longer. */
const MIRRORS = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

function published(name: string, md5: string, bytes: number): DatasetDefinition['downloads'][number] {
  const gzipName = `${name}.gz`;
  return {
    name: gzipName,
    urls: MIRRORS.map((mirror) => mirror + gzipName),
    md5,
    bytes,
    kind: 'file',
    provides: [name],
  };
}

/** MNIST in IDX files (LeCun, Cortes, Burges; LeCun et al., "Gradient-based learning applied to document recognition", 1998). */
export const mnist: DatasetDefinition = {
  name: 'mnist',
  title: 'MNIST',
  description: '28×28 grey images of handwritten digits',
  homepage: 'http://yann.lecun.com/exdb/mnist/',
  imageShape: [MNIST_SIZE, MNIST_SIZE, 1],
  numClasses: DIGITS.length,
  splitSizes: countImages(parts),
  /** Mean and standard deviation of the training pixels. */
  normalization: {mean: [0.1307], std: [0.3081]},
  augmentation: {},
  classNames: {fine: DIGITS},
  folder: 'MNIST/raw',
  parts,
  downloads: [
    published('train-images-idx3-ubyte', 'f68b3c2dcbeaaa9fbdd348bbdeb94873', 9_912_422),
    published('train-labels-idx1-ubyte', 'd53e105ee54ea40749a09fcbcd1e9432', 28_881),
    published('t10k-images-idx3-ubyte', '9fb629c4189551a2d022fa330f9573f3', 1_648_877),
    published('t10k-labels-idx1-ubyte', 'ec29112dd5afa0611ce80d1b7f02629c', 4_542),
  ],
  decode: decodeMnist,
  standIn: mnistStandIn(DIGITS),
};

function decodeMnist(part: SplitPart, files: readonly NamedBytes[]): DecodedImages {
  const [imagesFile, labelsFile] = files;
  if (imagesFile === undefined || labelsFile === undefined || files.length !== 2) {
    throw new ArgumentError(`mnist: ${files.length} files given; expected 2 (images, labels)`);
  }
  const pixels = decodeIdx(imagesFile, [-1, MNIST_SIZE, MNIST_SIZE]);
  const labels = decodeIdx(labelsFile, [-1]);
  const [count = 0] = pixels.shape;
  const [labelCount = 0] = labels.shape;
  if (labelCount !== count) {
    throw new DataFileError(labelsFile.name, `has ${labelCount} labels; ${imagesFile.name} has ${count} images`);
  }
  if (count !== part.images) {
    throw new DataFileError(imagesFile.name, `has ${count} images; expected ${part.images}`);
  }
  labels.values.forEach((label, record) => {
    if (label >= DIGITS.length) throw new LabelRangeError(labelsFile.name, record, 'label', label, DIGITS.length);
  });
  return {pixels: pixels.values, labels: labels.values, count};
}
