// SPDX-License-Identifier: Apache-2.0
import type {Augmentation, ClassGroup, DatasetAdapter, Normalization, SplitName} from '@addernet/plugin';

/** Bytes with the name by which errors call them: a path, or the name of a dropped file. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file of records as it is unpacked. */
export interface RecordFile {
  /** File name within the dataset's folder, e.g. 'train.bin'. */
  readonly name: string;
  /** Its exact size, uncompressed. */
  readonly bytes: number;
  /** Name under which the same file is accepted gzip-compressed, e.g. 'train-images-idx3-ubyte.gz'. */
  readonly gzipName?: string;
}

/** What of a split can be read on its own: one file, or an images file with its labels file. */
export interface SplitPart {
  readonly images: number;
  readonly files: readonly RecordFile[];
}

/** A file as it is published. */
export interface Download {
  /** File name; for 'tar.gz' within the cache folder, for 'file' within the dataset's folder. */
  readonly name: string;
  /** Where it is published; tried in order. */
  readonly urls: readonly string[];
  readonly md5: string;
  readonly bytes: number;
  /** 'tar.gz': holds the dataset's folder. 'file': used as it is. */
  readonly kind: 'tar.gz' | 'file';
  /** Names of the record files that come out of it. */
  readonly provides: readonly string[];
}

/** Samples in memory. */
export interface DecodedImages {
  /** [count, height, width, channels], 0–255. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

/** CIFAR-100 labels every image twice: with one of its 100 classes ('fine') and one of their 20 groups ('coarse'). Other datasets have fine labels only. */
export type LabelSet = 'fine' | 'coarse';

/** Generated images in the shapes and the file format of a dataset. Not that dataset: called synthetic wherever they appear. */
export interface StandIn {
  /** How many images a split gets unless asked otherwise; less than the official split, so that generating takes a second. */
  readonly sizes: Readonly<Record<SplitName, number>>;
  /** Class names of the generated images, per label set. */
  readonly classNames: Readonly<Partial<Record<LabelSet, readonly string[]>>>;
  /** Of its 'fine' classes. */
  readonly classGroups?: readonly ClassGroup[];
  /**
   * The bytes of one part of `images` images in the official format; the first n images do not depend on `images`. Deterministic in
   * (split, images, seed) on every platform.
   */
  generate(
    split: SplitName,
    images: number,
    seed: number,
  ): {readonly part: SplitPart; readonly files: readonly NamedBytes[]};
}

/**
 * All there is to know of a dataset in files, without touching any: shapes, classes, file names and sizes, where it is published, how
 * its records are read. Runs in browsers too; `@addernet/datasets/node` makes adapters of it that read folders and download.
 */
export interface DatasetDefinition extends Required<
  Pick<DatasetAdapter, 'name' | 'title' | 'description' | 'imageShape' | 'numClasses' | 'splitSizes'>
> {
  /** The official page. */
  readonly homepage: string;
  readonly normalization: Normalization;
  readonly augmentation: Augmentation;
  /** Class names by label set; 'fine' is the default and always there. */
  readonly classNames: Readonly<{fine: readonly string[]; coarse?: readonly string[]}>;
  /** The 'fine' classes by 'coarse' one, where there are both. */
  readonly classGroups?: readonly ClassGroup[];
  /** Folder within the cache folder that holds the record files, with '/' between names. */
  readonly folder: string;
  readonly parts: Readonly<Record<SplitName, readonly SplitPart[]>>;
  readonly downloads: readonly Download[];
  /**
   * Reads the files of one part, given in the part's order and uncompressed.
   *
   * @throws DataFileError (DataFileSizeError, LabelRangeError) naming the file.
   */
  decode(part: SplitPart, files: readonly NamedBytes[], labels: LabelSet): DecodedImages;
  readonly standIn: StandIn;
}

/** Number of images in all parts of each split. */
export function countImages(parts: DatasetDefinition['parts']): Record<SplitName, number> {
  const count = (split: readonly SplitPart[]) => split.reduce((sum, part) => sum + part.images, 0);
  return {train: count(parts.train), test: count(parts.test)};
}
