// SPDX-License-Identifier: Apache-2.0
import type {WeightHistogram} from './layers.js';
import type {RunStatus} from './report.js';

/** Where a run is, between two steps. */
export interface RunPosition {
  /** Steps done in the whole run. */
  readonly step: number;
  /** Epochs finished, their evaluation included. */
  readonly epochs: number;
}

/** A run as trackers see it. */
export interface TrackedRun {
  /** The run's id, unique within the experiment. */
  readonly id: string;
  /** Name of the experiment. */
  readonly experiment: string;
  /** Absolute path of the run's own folder, which is there and for trackers to write to; its name is the run's id. */
  readonly folder: string;
  /** Names by which runs are told apart: dataset, data (the label to be shown), architecture, operator, recipe, backend, seed. */
  readonly tags: Readonly<Record<string, string>>;
  /** The run's whole configuration by dotted field, e.g. {'optimizer.learningRate': 0.1}; lists are joined by commas. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /**
   * Present when a run goes on: where. What was recorded beyond this position will be recorded again and must be dropped: events with an `epoch`
   * above `epochs`, and those without one whose step is above `step`. Absent when a run begins: what an earlier attempt left is to be replaced.
   */
  readonly resumed?: RunPosition;
}

interface TrackedEvent {
  /** Steps done in the whole run, ≥ 0. */
  readonly step: number;
  /** Present in what belongs to an epoch's end: epochs finished. 0: before training. */
  readonly epoch?: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Numbers that belong to one moment. */
export interface ScalarsEvent extends TrackedEvent {
  readonly kind: 'scalars';
  /** By name, e.g. {'train/loss': 1.2, 'train/top1': 0.4}. */
  readonly values: Readonly<Record<string, number>>;
}

/** How the weights of a layer are distributed. */
export interface HistogramEvent extends TrackedEvent {
  readonly kind: 'histogram';
  /** e.g. 'weights/conv1'. */
  readonly name: string;
  readonly histogram: WeightHistogram;
  /** Sum of the values. */
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** A picture, e.g. of a layer's filters. */
export interface ImageEvent extends TrackedEvent {
  readonly kind: 'image';
  /** e.g. 'filters/conv1'. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Anything that a tracker records; `kind` tells which. */
export type TrackerEvent = ScalarsEvent | HistogramEvent | ImageEvent;

/** How a run ended, as far as this process did it. */
export interface RunEnd extends RunPosition {
  readonly status: RunStatus;
  /** Present when failed or diverged. */
  readonly error?: string;
  readonly time: number;
}

/** What a tracker has open for one run. */
export interface RunTracker {
  /** Takes an event; called between two training steps, so it must return soon: write later, or in `flush`. */
  record(event: TrackerEvent): void;
  /**
   * Puts what was recorded where it is to stay. Called every few seconds (`record` may be called meanwhile, another `flush` is not), and before each
   * checkpoint: what is flushed then is all that a resumed run finds.
   */
  flush(): Promise<void>;
  /** Called once at the end, however the run ended; flushes first. A run that goes on later is opened again. */
  close(end: RunEnd): Promise<void>;
}

/**
 * Takes down what happens in runs while they are trained: files, a server, a screen. One that throws, or does not answer, is left out for the rest of
 * its run, with a note in log and report; training goes on.
 */
export interface Tracker {
  /** Name by which experiments ask for it, e.g. 'tensorboard'. */
  readonly name: string;
  readonly description: string;
  /** Called before a run's first step, and again when it is resumed. */
  open(run: TrackedRun): Promise<RunTracker>;
}
