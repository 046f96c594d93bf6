// SPDX-License-Identifier: Apache-2.0
export {cifar10} from './cifar10/definition.js';
export {CIFAR10_CLASS_NAMES} from './cifar10/class-names.js';
export {cifar100} from './cifar100/definition.js';
export {CIFAR100_CLASS_NAMES, CIFAR100_COARSE_CLASS_NAMES} from './cifar100/class-names.js';
export {mnist} from './mnist/definition.js';
export {
  countImages,
  type DatasetDefinition,
  type DecodedImages,
  type Download,
  type LabelSet,
  type NamedBytes,
  type RecordFile,
  type SplitPart,
  type StandIn,
} from './definition.js';
export {
  ArchiveError,
  CacheFolderError,
  ChecksumError,
  DataFileError,
  DataFileSizeError,
  DatasetError,
  DatasetUnavailableError,
  DownloadError,
  LabelRangeError,
  PartialDatasetError,
  type DownloadFailure,
} from './errors.js';
export {
  CIFAR_IMAGE_SHAPE,
  cifarRecordBytes,
  decodeCifarRecords,
  encodeCifarRecords,
  type CifarLayout,
} from './formats/cifar-records.js';
export {decodeIdx, encodeIdx, type IdxArray} from './formats/idx.js';
export {createImageSplit, type ImageSplitData} from './split/image-split.js';
export {splitFromFiles, type FilesOptions} from './split/split-from-files.js';
export {syntheticLabel, syntheticSplit, type SyntheticOptions} from './stand-in/synthetic-split.js';
