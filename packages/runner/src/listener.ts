// SPDX-License-Identifier: Apache-2.0
import type {
  DownloadProgress,
  EpochMetrics,
  ExperimentSummary,
  InferenceSummary,
  RunRecipe,
  RunSummary,
} from '@addernet/plugin';
import type {ExperimentConfig} from './config/schema.js';

/** One cell of the matrix, before and while it runs. */
export interface RunInfo {
  /** Folder name within the experiment's folder. */
  readonly id: string;
  /** 0 = the first run. */
  readonly index: number;
  readonly total: number;
  readonly dataset: string;
  readonly architecture: string;
  readonly operator: string;
  /** Absent where the experiment names none. */
  readonly recipe?: RunRecipe;
  readonly backend: string;
  readonly seed: number;
  readonly epochs: number;
  /** Training steps of an epoch. */
  readonly steps: number;
  /** Of the training data, as it must be shown. */
  readonly dataLabel: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly parameters: number;
}

/** An experiment that begins. */
export interface ExperimentInfo {
  readonly name: string;
  readonly folder: string;
  readonly backend: string;
  /** Threads that the backend's kernels use. */
  readonly threads: number;
  readonly runs: number;
  /** Runs at a time; above 1 what the runs tell is interleaved. */
  readonly concurrency: number;
  readonly config: ExperimentConfig;
}

/** A run after a training step. */
export interface StepProgress {
  readonly run: RunInfo;
  /** 1 = the first epoch. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly imagesPerSecond: number;
  /** Mean cross-entropy of the epoch so far, in nats. */
  readonly loss: number;
  /** To the end of this run, evaluations included once one has been timed. */
  readonly etaSeconds: number;
}

/** An evaluation after a batch. */
export interface EvaluationProgress {
  /** Absent in evaluateWeights. */
  readonly run?: RunInfo;
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
}

/** An experiment that measures inference begins. */
export interface InferenceInfo {
  readonly name: string;
  readonly folder: string;
  readonly backends: readonly string[];
}

/** An experiment that measures inference, before a comparison. */
export interface MeasuringProgress {
  /** What is being compared now, e.g. 'wasm, resnet20, batch 128, stage1.block0.conv1'. */
  readonly label: string;
  /** Comparisons done, and in all. */
  readonly done: number;
  readonly total: number;
  /** To the end of the experiment; absent before the first is done. */
  readonly etaSeconds?: number;
}

/** What the runner tells while it works; each member is called synchronously and should return soon. */
export interface RunListener {
  onNotice?(message: string): void;
  onExperimentStart?(info: ExperimentInfo): void;
  onDownload?(progress: DownloadProgress): void;
  onRunStart?(info: RunInfo): void;
  onStep?(progress: StepProgress): void;
  onEvaluationStep?(progress: EvaluationProgress): void;
  onEpoch?(run: RunInfo, metrics: EpochMetrics): void;
  onRunEnd?(summary: RunSummary): void;
  onInferenceStart?(info: InferenceInfo): void;
  onMeasuring?(progress: MeasuringProgress): void;
  onInferenceEnd?(summary: InferenceSummary): void;
  onExperimentEnd?(summary: ExperimentSummary): void;
}
