// SPDX-License-Identifier: Apache-2.0
import type {ModelCosts} from './costs.js';
import type {Provenance, SplitName} from './dataset.js';
import type {InferencePart, InferenceSummary} from './inference.js';
import type {MachineRates} from './machine.js';
import type {OperationCounts} from './operator.js';
import type {RunRecords} from './records.js';

/** Figures of one epoch of one run. Losses are means of the cross-entropy in nats; accuracies are fractions. */
export interface EpochMetrics {
  /** 1 = after the first epoch. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainTop1: number;
  readonly testLoss: number;
  readonly testTop1: number;
  readonly testTop5: number;
  /** Images per second of training in this epoch, evaluation not counted. */
  readonly imagesPerSecond: number;
  readonly trainSeconds: number;
  readonly testSeconds: number;
}

/** The penultimate features of test images as points of a plane. */
export interface FeatureMap {
  /** The layer whose inputs they are: the last one with a filter. */
  readonly layer: string;
  /** Numbers in a feature. */
  readonly dimensions: number;
  /** 'plain': the two numbers of each feature themselves. 'umap': more of them, embedded by UMAP; distances and axes mean little. */
  readonly method: 'plain' | 'umap';
  readonly classNames: readonly string[];
  /** [x, y, class]. */
  readonly points: readonly (readonly [number, number, number])[];
  /** With 'plain': the classes' filters, points that features are compared with by distance, or directions. */
  readonly filters?:
    {readonly kind: 'centers' | 'directions'; readonly values: readonly (readonly [number, number])[]} | undefined;
}

/** The recipe that a run was trained by. */
export interface RunRecipe {
  readonly name: string;
  /** Fields in which the run differs from the recipe, e.g. ['epochs', 'optimizer.learningRate']. */
  readonly changed: readonly string[];
}

/** How a whole experiment ended. */
export type ExperimentStatus = 'finished' | 'interrupted' | 'failed';

/** How a run ended. 'diverged': its loss became NaN or infinite, in an experiment that takes that as a result (`allowDivergence`). */
export type RunStatus = ExperimentStatus | 'diverged';

/** One cell of an experiment's matrix. */
export interface RunSummary {
  /** Folder name within the experiment's folder. */
  readonly id: string;
  readonly status: RunStatus;
  /** Present when failed or diverged. */
  readonly error?: string;
  readonly dataset: string;
  readonly trainData: Provenance;
  readonly testData: Provenance;
  readonly trainImages: number;
  readonly testImages: number;
  /** Sizes of the dataset's whole splits, as in its adapter; where trainImages or testImages is less, a subset was used. */
  readonly splitSizes?: Readonly<Record<SplitName, number>>;
  /** Of the labels that were learnt; from it reports derive the chance level. */
  readonly numClasses?: number;
  readonly architecture: string;
  readonly operator: string;
  /** Absent where the experiment has settings of its own, without a name. */
  readonly recipe?: RunRecipe;
  readonly backend: string;
  /** In a comparison: label of the experiment that the run is of, as in `ExperimentPart`. */
  readonly part?: string;
  readonly seed: number;
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Operations of one image's forward pass in convolution-like and fully connected layers. */
  readonly operations: OperationCounts;
  /** Every layer's costs at inference; absent where the model could not be built or counted. */
  readonly costs?: ModelCosts;
  readonly epochsPlanned: number;
  readonly epochs: readonly EpochMetrics[];
  /** Of the last finished epoch; absent when none finished. */
  readonly final?: {
    readonly top1: number;
    readonly top5: number;
    readonly loss: number;
    readonly imagesPerSecond: number;
  };
  /** Where a picture of the features was asked for. */
  readonly features?: FeatureMap;
  readonly startedAt: string;
  readonly seconds: number;
}

/** One of the experiments of a comparison. */
export interface ExperimentPart {
  /** e.g. 'A'. Experiments with the same settings of training in the same environment share one: their runs may be averaged over seeds. */
  readonly label: string;
  /** Name of its folder, unique in the comparison; run ids begin with it. */
  readonly folder: string;
  readonly name: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly config: unknown;
  readonly environment: Readonly<Record<string, string>>;
  /** How many it has. */
  readonly runs: number;
}

/** What an experiment's folder says of itself: summary.json, and what reporters get. */
export interface ExperimentSummary {
  readonly name: string;
  readonly description: string;
  readonly startedAt: string;
  readonly seconds: number;
  /** Notes that must stand beside the numbers, e.g. that a smaller architecture was chosen because only cpu is there. */
  readonly notes: readonly string[];
  /** Resolved configuration, as in config.json. */
  readonly config: unknown;
  /** As in environment.json. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the backend can do at most; absent where it was not measured. */
  readonly machine?: MachineRates;
  /** What inference takes with the networks that were trained, and perhaps with others; absent where it was not measured. */
  readonly inference?: readonly InferencePart[];
  /** Only in a comparison of several experiments; `config` then has theirs by folder, and `environment` what they have in common. */
  readonly parts?: readonly ExperimentPart[];
  readonly runs: readonly RunSummary[];
}

/** Makes files of a finished (or interrupted) experiment. */
export interface Reporter {
  readonly name: string;
  /** File name within the experiment's folder, e.g. 'report.html'. */
  readonly fileName: string;
  /**
   * The text of the file for an experiment that trained; undefined where there is nothing to write.
   *
   * @param records what the runs recorded in files of their own, by run id; runs without any may be missing
   */
  render(summary: ExperimentSummary, records: ReadonlyMap<string, RunRecords>): Promise<string | undefined>;
  /** For an experiment that measured inference; without it, none is written for those. */
  renderInference?(summary: InferenceSummary): Promise<string>;
}
