// SPDX-License-Identifier: Apache-2.0
import type {LayerKind, ModelCosts} from './costs.js';
import type {MachineRates} from './machine.js';
import type {ExperimentStatus} from './report.js';

/** How a model is run: layer by layer as it was trained, or in its inference form. */
export type ModelForm = 'plain' | 'fused';

/** Times of one call, in seconds, over the samples of a measurement. Everything was warm. */
export interface CallTimes {
  readonly median: number;
  /** First and third quartile. */
  readonly lower: number;
  readonly upper: number;
  readonly fastest: number;
  /** Median of the processor time of all threads of the process, which on a machine shared with others is the steadier figure. */
  readonly cpuMedian: number;
  readonly samples: number;
  /** Calls of which each sample is the mean. */
  readonly callsPerSample: number;
}

/** Time over that of the baseline in the same round: median and quartiles over the rounds. */
export interface RelativeTime {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  /** Median of the ratios of processor times, which other programs change least. */
  readonly cpuMedian: number;
}

/** What all measurements say. */
interface Measurement {
  readonly backend: string;
  readonly architecture: string;
  readonly form: ModelForm;
  /** Images per call. */
  readonly batch: number;
  readonly times: CallTimes;
  /** Against the first operator in the same form; absent for that operator itself. */
  readonly relative?: RelativeTime;
}

/** A whole model's forward pass. */
export interface ModelMeasurement extends Measurement {
  readonly operator: string;
  /** Against the same operator's plain form; absent for that form itself, and where it was not measured. */
  readonly relativeToPlain?: RelativeTime;
}

/** One layer's forward pass by itself. */
export interface LayerMeasurement extends Measurement {
  readonly kind: LayerKind;
  /** Absent for layers of no operator, which are the same in every model. */
  readonly operator?: string;
  /** Names of the model's layers that are alike: of one kind, size and options. The time is of one of them. */
  readonly layers: readonly string[];
}

/** A network that was measured. */
export interface MeasuredModel {
  readonly architecture: string;
  readonly operator: string;
  readonly costs: ModelCosts;
}

/** Measurements of inference that stand in a report of trained runs. */
export interface InferencePart {
  /** Name of the folder that they come from; absent where the experiment itself took them, after its last run. */
  readonly folder?: string;
  /** Names of the datasets of the runs whose networks they are of; absent where they are of no runs. */
  readonly datasets?: readonly string[];
  readonly summary: InferenceSummary;
}

/** What an experiment of the kind 'inference' says of itself: summary.json, and what reporters get. */
export interface InferenceSummary {
  readonly kind: 'inference';
  readonly name: string;
  readonly description: string;
  readonly status: ExperimentStatus;
  readonly startedAt: string;
  readonly seconds: number;
  /** Notes that must stand beside the numbers. */
  readonly notes: readonly string[];
  /** Resolved configuration, as in config.json. */
  readonly config: unknown;
  /** As in environment.json. */
  readonly environment: Readonly<Record<string, string>>;
  /** One for each backend that was measured. */
  readonly machines: readonly MachineRates[];
  readonly models: readonly MeasuredModel[];
  readonly modelMeasurements: readonly ModelMeasurement[];
  readonly layerMeasurements: readonly LayerMeasurement[];
}
