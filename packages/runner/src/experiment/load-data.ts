// SPDX-License-Identifier: Apache-2.0
import type {DatasetAdapter, ImageSplit, LoadOptions, SplitName} from '@addernet/plugin';
import type {ExperimentConfig} from '../config/schema.js';
import type {RunListener} from '../listener.js';
import {stopIfAborted} from '../training/pause.js';

/** A dataset as an experiment uses it. */
export interface LoadedData {
  readonly adapter: DatasetAdapter;
  readonly train: ImageSplit;
  readonly test: ImageSplit;
  /** Of the whole dataset, as its adapter says or, where it cannot, as it was found. */
  readonly splitSizes: Readonly<Record<SplitName, number>>;
  /** What must stand beside numbers from it: that it is synthetic, partial or a subset. */
  readonly notes: readonly string[];
}

/** Subsets do not depend on the runs' seeds, so that all runs of an experiment (and of a repetition) see the same images. */
const SUBSET_SEED = 0;

function subset(split: ImageSplit, size: number | 'all'): ImageSplit {
  return size === 'all' || size >= split.size ? split : split.balancedSubset(size, SUBSET_SEED);
}

const count = (value: number): string => value.toLocaleString('en-US');

export interface LoadDataOptions {
  readonly config: Pick<
    ExperimentConfig,
    'data' | 'allowPartial' | 'labels' | 'imageSize' | 'trainSamples' | 'testSamples'
  >;
  readonly root?: string;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
}

/** The adapter's options, with progress and notices going to the listener. */
export function loadOptions(
  {data, allowPartial, labels, imageSize}: Pick<ExperimentConfig, 'data' | 'allowPartial' | 'labels' | 'imageSize'>,
  {root, listener, signal}: Pick<LoadDataOptions, 'root' | 'listener' | 'signal'>,
): LoadOptions {
  return {
    source: data,
    allowPartial,
    labels,
    imageSize,
    ...(root === undefined ? {} : {root}),
    ...(signal === undefined ? {} : {signal}),
    onProgress: (progress) => listener?.onDownload?.(progress),
    onNotice: (message) => listener?.onNotice?.(message),
  };
}

/** Loads both splits of a dataset and takes the balanced subsets. */
export async function loadData(adapter: DatasetAdapter, options: LoadDataOptions): Promise<LoadedData> {
  const {config, signal} = options;
  const load = loadOptions(config, options);
  stopIfAborted(signal);
  const allTrain = await adapter.load('train', load);
  stopIfAborted(signal);
  const allTest = await adapter.load('test', load);
  stopIfAborted(signal);
  const train = subset(allTrain, config.trainSamples);
  const test = subset(allTest, config.testSamples);
  const notes: string[] = [];
  const marks = [allTrain, allTest].flatMap(({provenance: {kind, label}}) =>
    kind === 'official'
      ? []
      : [
          kind === 'synthetic'
            ? `${adapter.name}: the data is generated (${label}), not ${adapter.title}.`
            : `${adapter.name}: the data is not complete (${label}).`,
        ],
  );
  notes.push(...new Set(marks));
  const parts = [
    {part: train, whole: allTrain, what: 'training'},
    {part: test, whole: allTest, what: 'test'},
  ].filter(({part, whole}) => part.size < whole.size);
  if (parts.length > 0) {
    const texts = parts.map(({part, whole, what}) => `${count(part.size)} of ${count(whole.size)} ${what} images`);
    notes.push(`${adapter.name}: class-balanced subset, ${texts.join(' and ')}.`);
  }
  const splitSizes = adapter.splitSizes ?? {train: allTrain.size, test: allTest.size};
  return {adapter, train, test, splitSizes, notes};
}
