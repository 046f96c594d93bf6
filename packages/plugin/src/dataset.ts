// SPDX-License-Identifier: Apache-2.0

/**
 * Where a split's samples come from. A table never says CIFAR-100 over numbers that did not come from CIFAR-100: `label` is what is shown,
 * everywhere.
 */
export interface Provenance {
  readonly kind: 'official' | 'partial' | 'synthetic';
  /** e.g. 'CIFAR-100', 'CIFAR-10 (10,000 of 50,000)', 'synthetic stand-in for CIFAR-100'. */
  readonly label: string;
  /** Folder or file that was read; absent for generated data. */
  readonly path?: string;
}

/** The images that weights are trained on, and those on which they are judged. */
export type SplitName = 'train' | 'test';

/** 'official': the published files, or an error; 'synthetic': the stand-in; 'auto': official where it is to be had, otherwise the stand-in. */
export type DataSource = 'auto' | 'official' | 'synthetic';

/** How far a download is, in bytes. */
export interface DownloadProgress {
  readonly file: string;
  readonly receivedBytes: number;
  /** Absent when the server does not say. */
  readonly totalBytes?: number;
}

/** How a split is loaded. */
export interface LoadOptions {
  readonly source: DataSource;
  /** Cache folder; default $ADDERNET_DATA, then the platform's cache folder. */
  readonly root?: string;
  /** Accept a dataset of which only a part is there (labelled as such). Default false: an error. */
  readonly allowPartial?: boolean;
  /** 'fine' (default) or 'coarse'; only where the dataset has both. */
  readonly labels?: 'fine' | 'coarse';
  /** Height and width that images are brought to; only where the dataset's images have no size of their own. Default: the adapter's. */
  readonly imageSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** One line for the user, e.g. that the stand-in is used and why. */
  readonly onNotice?: (message: string) => void;
}

/** What is subtracted from pixels, and what they are divided by. */
export interface Normalization {
  /** Per channel, of pixels scaled to [0, 1]. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A region of random area and aspect ratio, brought to the size of the input (Szegedy et al., arXiv 1409.4842, section 6). */
export interface RandomResizedCrop {
  /** Least and greatest area, as fractions of the image's. */
  readonly scale: readonly [number, number];
  /** Least and greatest width / height. */
  readonly ratio: readonly [number, number];
}

/** Augmentation by the papers' recipes: for small images zero-pad and random crop, for large ones random resized crop; random horizontal flip. */
export interface Augmentation {
  /** Pixels of padding on each side before the random crop; 0 or absent: no crop. */
  readonly padCrop?: number;
  /** For images that are brought to one size. */
  readonly randomResizedCrop?: RandomResizedCrop;
  readonly horizontalFlip?: boolean;
}

/** One pass over a split. */
export interface BatchOptions {
  readonly batchSize: number;
  /** Absent: in stored order, as in evaluation. Present: shuffled by (seed, epoch). */
  readonly shuffle?: {readonly seed: number; readonly epoch: number};
  /** Needs `shuffle`: its random numbers are (seed, epoch, sample), so they do not depend on the batch size. */
  readonly augmentation?: Augmentation;
  readonly normalization?: Normalization;
  /** Index of the first batch to yield; default 0. */
  readonly startBatch?: number;
  /** Leave out a last batch that is smaller than batchSize. Default false. */
  readonly dropRemainder?: boolean;
}

/** Samples of one step. */
export interface Batch {
  /** Positions in the split, in batch order. */
  readonly indices: Int32Array;
  /** [size, height, width, channels], normalised. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly size: number;
}

/** Classes that belong together, e.g. one of CIFAR-100's superclasses. */
export interface ClassGroup {
  readonly name: string;
  /** Class indices. */
  readonly classes: readonly number[];
}

/** One split of a dataset. */
export interface ImageSplit {
  readonly name: SplitName;
  readonly provenance: Provenance;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  readonly numClasses: number;
  readonly classNames: readonly string[];
  /** Every class in one group, where the classes have groups; reports order and sum up many classes by them. */
  readonly classGroups?: readonly ClassGroup[];
  readonly size: number;
  readonly labels: Uint8Array | Uint16Array | Int32Array;
  batchCount(options: Pick<BatchOptions, 'batchSize' | 'dropRemainder'>): number;
  /** One image as evaluation sees it before normalisation: [height, width, channels], 0–255. */
  image(index: number): Promise<Uint8Array>;
  /** Asynchronous where the images are read when they are due; `for await` takes both. */
  batches(options: BatchOptions): Iterable<Batch> | AsyncIterable<Batch>;
  /** The same number of samples of every class (±1), chosen by seed; the whole split if `size` ≥ this size. */
  balancedSubset(size: number, seed: number): ImageSplit;
}

/** A split that is in memory as a whole. */
export interface InMemorySplit extends ImageSplit {
  /** [size, height, width, channels], 0–255. */
  readonly pixels: Uint8Array;
  batches(options: BatchOptions): Iterable<Batch>;
  balancedSubset(size: number, seed: number): InMemorySplit;
}

/** A dataset by name. Splits load independently. */
export interface DatasetAdapter<Split extends ImageSplit = ImageSplit> {
  /** Name by which experiments ask for it, e.g. 'cifar100'. */
  readonly name: string;
  /** e.g. 'CIFAR-100'. */
  readonly title: string;
  readonly description: string;
  readonly imageShape: readonly [number, number, number];
  /** For the default (fine) labels; absent where only the data tells. */
  readonly numClasses?: number;
  /** Absent where only the data tells. */
  readonly splitSizes?: Readonly<Record<SplitName, number>>;
  readonly normalization: Normalization;
  /** The augmentation of the papers' recipe for this dataset; {} where it has none (MNIST). */
  readonly augmentation: Augmentation;
  load(split: SplitName, options: LoadOptions): Promise<Split>;
  /** What is there, without loading: for `addernet list` and `addernet doctor`. */
  status(
    options: Pick<LoadOptions, 'root'>,
  ): Promise<{readonly available: 'official' | 'partial' | 'none'; readonly detail: string}>;
}
