// SPDX-License-Identifier: Apache-2.0
import type {FilterImage} from '@addernet/weight-statistics';

/** What the page asks the worker to train. */
export interface Settings {
  readonly backend: string;
  readonly architecture: string;
  /** At least one. */
  readonly operators: readonly string[];
  /** Name of a dataset; its stand-in where no files are given. */
  readonly dataset: string;
  /** Files that were dropped on the page; empty: the stand-in. */
  readonly files: readonly File[];
  readonly batchSize: number;
  readonly learningRate: number;
  /** η of the local learning rate of adder filters; 0: off. */
  readonly eta: number;
}

export type Request =
  {readonly kind: 'start'; readonly settings: Settings} | {readonly kind: 'pause'} | {readonly kind: 'continue'};

/** Something that can be chosen. */
export interface Choice {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  /** Why it cannot be had in this browser. */
  readonly unavailable?: string;
}

/** What there is to choose from. */
export interface Choices {
  readonly backends: readonly Choice[];
  readonly architectures: readonly Choice[];
  readonly operators: readonly Choice[];
  readonly datasets: readonly Choice[];
}

/** A layer's filters side by side. */
export interface FilterPicture {
  readonly image: FilterImage;
  /** Pixels between two filters, and around all of them. */
  readonly gap: number;
  /** Pixels from one filter to the next, to the right and down. */
  readonly pitch: readonly [number, number];
}

/** What the worker tells the page. */
export type Report =
  | {readonly kind: 'choices'; readonly choices: Choices}
  | {readonly kind: 'status'; readonly text: string}
  | {
      readonly kind: 'begun';
      /** What computes, e.g. 'wasm, SIMD, 2 threads'. */
      readonly environment: string;
      /** Where the images are from, e.g. 'synthetic stand-in for CIFAR-10'. */
      readonly data: string;
      readonly trainImages: number;
      readonly testImages: number;
      readonly numClasses: number;
      readonly parameters: number;
    }
  | {
      readonly kind: 'step';
      readonly operator: string;
      readonly images: number;
      readonly loss: number;
      readonly imagesPerSecond: number;
    }
  | {readonly kind: 'evaluation'; readonly operator: string; readonly images: number; readonly top1: number}
  | {readonly kind: 'filters'; readonly operator: string; readonly picture: FilterPicture}
  | {readonly kind: 'paused'; readonly paused: boolean}
  | {readonly kind: 'failed'; readonly message: string};
