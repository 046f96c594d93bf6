// SPDX-License-Identifier: Apache-2.0
import type {DataSource, Normalization, Provenance, ThreadCount} from '@addernet/plugin';
import type {Container} from 'inversify';
import type {RunListener} from '../listener.js';
import type {WeightFormat} from '../weights/formats.js';

/** What `evaluateWeights` takes. */
export interface EvaluateOptions {
  /** Names, as bound in the container. */
  readonly architecture: string;
  readonly operator: string;
  readonly dataset: string;
  /** Default 'auto'. */
  readonly backend?: string;
  /** Of the backend's kernels. Default 'auto'. */
  readonly threads?: ThreadCount;
  /** A weights file (model.json, or another format of `formats`), or a run's folder. */
  readonly weights: string;
  /** Default 'auto'. */
  readonly data?: DataSource;
  readonly dataRoot?: string;
  readonly allowPartial?: boolean;
  readonly labels?: 'fine' | 'coarse';
  /** Height and width of the images where the dataset has no size of its own. Default 224. */
  readonly imageSize?: number;
  /** Only the first `limit` images of the test split. Default: all. */
  readonly limit?: number;
  /** What the weights were trained with. Default: as their file says (metadata 'normalization'), else the dataset's. */
  readonly normalization?: Normalization;
  /** Default 256. */
  readonly batchSize?: number;
  /** Evaluate the model's inference form (`fuseForInference` of @addernet/nn). Default false. */
  readonly fused?: boolean;
  readonly container: Container;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  /** Weight file formats; default `weightFormats`. */
  readonly formats?: readonly WeightFormat[];
}

/** JSON-ready. Accuracies are fractions, the loss is the mean cross-entropy in nats. */
export interface EvaluationResult {
  readonly top1: number;
  readonly top5: number;
  readonly loss: number;
  readonly images: number;
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly backend: string;
  readonly operator: string;
  readonly architecture: string;
  readonly dataset: string;
  /** The test data's label as it must be shown, e.g. 'CIFAR-10' or 'synthetic stand-in for CIFAR-100'. */
  readonly data: string;
  readonly dataKind: Provenance['kind'];
  /** The weights file as given. */
  readonly weights: string;
  /** Where the inference form was asked for: its fused layers, and how many layers these took in. */
  readonly fused?: {readonly layers: number; readonly absorbed: number};
  /** Label of the data that the weights were trained on, where their file says so, as those of runs do: e.g. 'synthetic stand-in for MNIST'. */
  readonly trainedOn?: string;
  /** Name of its format, e.g. 'layers-model' or 'pytorch'. */
  readonly weightsFormat: string;
  /** What was subtracted from pixels in [0, 1] and what they were divided by, and who said so. */
  readonly normalization: Normalization & {readonly from: 'option' | 'weights' | 'dataset'};
}
