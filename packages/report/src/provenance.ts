// SPDX-License-Identifier: Apache-2.0
import type {Provenance, RunSummary} from '@addernet/plugin';
import {formatCount} from './format.js';

/** What a run's numbers were measured on. */
export type RunData = Pick<
  RunSummary,
  'dataset' | 'trainData' | 'testData' | 'trainImages' | 'testImages' | 'splitSizes' | 'numClasses'
>;

const KIND_WORDS = {official: '', partial: 'partial data', synthetic: 'synthetic data'} as const satisfies Record<
  Provenance['kind'],
  string
>;

/** 'synthetic data', 'partial data', or '' for official data. */
export function kindWords(kind: Provenance['kind']): string {
  return KIND_WORDS[kind];
}

/**
 * The label of a split's data, with its kind added where the label does not say it: adapters from plugins may call their generated data
 * by a name that sounds official.
 */
function markedLabel(provenance: Provenance): string {
  const {kind, label} = provenance;
  if (kind === 'official' || label.toLowerCase().includes(kind)) {
    return label;
  }
  return `${label} [${KIND_WORDS[kind]}]`;
}

/** e.g. 'CIFAR-100'; 'CIFAR-10 (10,000 of 50,000) [partial data] for training, CIFAR-10 for test' where the splits differ. */
export function dataLabel(data: Pick<RunData, 'trainData' | 'testData'>): string {
  const train = markedLabel(data.trainData);
  const test = markedLabel(data.testData);
  return train === test ? train : `${train} for training, ${test} for test`;
}

function imageCount(images: number, provenance: Provenance, whole: number | undefined, use: string): string {
  // A generated split has no official size that it could be a part of.
  const isSubset = provenance.kind !== 'synthetic' && whole !== undefined && images < whole;
  return `${formatCount(images)}${isSubset ? ` of ${formatCount(whole)}` : ''} ${use} images`;
}

/** e.g. '5,000 of 50,000 training images'. */
export function trainImagesPhrase(data: RunData): string {
  return imageCount(data.trainImages, data.trainData, data.splitSizes?.train, 'training');
}

/** e.g. '10,000 test images'. */
export function testImagesPhrase(data: RunData): string {
  return imageCount(data.testImages, data.testData, data.splitSizes?.test, 'test');
}

/** Label and sizes: what stands with every table section and chart. */
export function dataPhrase(data: RunData): string {
  return `${dataLabel(data)}: ${trainImagesPhrase(data)}, ${testImagesPhrase(data)}`;
}

/** Top-1 accuracy of guessing among balanced classes, where the number of classes is known. */
export function chanceLevel(data: RunData): number | undefined {
  return data.numClasses !== undefined && data.numClasses > 0 ? 1 / data.numClasses : undefined;
}

/** One sentence for each kind of data that is not the whole official data; none if all is. */
export function provenanceWarnings(data: readonly RunData[]): readonly string[] {
  const labels = {synthetic: new Set<string>(), partial: new Set<string>()};
  for (const {trainData, testData} of data) {
    for (const provenance of [trainData, testData]) {
      if (provenance.kind !== 'official') {
        labels[provenance.kind].add(provenance.label);
      }
    }
  }
  const sentences: string[] = [];
  if (labels.synthetic.size > 0) {
    sentences.push(
      `Synthetic data: ${[...labels.synthetic].join('; ')}. The numbers from it are no results on any published dataset.`,
    );
  }
  if (labels.partial.size > 0) {
    sentences.push(
      `Partial data: ${[...labels.partial].join('; ')}. The numbers from it do not compare with published figures for the whole dataset.`,
    );
  }
  return sentences;
}
