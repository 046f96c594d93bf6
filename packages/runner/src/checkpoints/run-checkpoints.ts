// SPDX-License-Identifier: Apache-2.0
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {ExperimentConfig} from '../config/schema.js';
import {ResumeError, type CheckpointError} from '../errors.js';
import type {RunFolder} from '../run-folder/run-folder.js';
import {secondsSince} from '../training/pause.js';
import type {OptimizerState, TrainingCheckpoints} from '../training/train-model.js';
import {applyWeights} from '../weights/apply.js';
import {checkpointWeights} from '../weights/checkpoint-format.js';
import type {Checkpoint} from './checkpoint-file.js';
import {CheckpointFolder} from './checkpoint-folder.js';
import {modelTensors, optimizerState, optimizerTensors} from './snapshot.js';
import type {TrainingState} from './training-state.js';

export interface RunCheckpointsOptions {
  readonly folder: RunFolder;
  /** The run's id. */
  readonly run: string;
  readonly model: LayersModel;
  /** What is trained, by name; another identity is not resumed. */
  readonly identity: Readonly<Record<string, string>>;
  readonly config: ExperimentConfig['checkpoints'];
}

/** Writes a run's checkpoints at the set intervals, and puts a model back into the state of one. */
export class RunCheckpoints implements TrainingCheckpoints {
  readonly #checkpoints: CheckpointFolder;
  #last = secondsSince(0);
  #newest: Pick<TrainingState, 'epoch' | 'step'> | undefined;

  constructor(private readonly options: RunCheckpointsOptions) {
    this.#checkpoints = new CheckpointFolder(options.folder, options.run, options.config.keep);
  }

  /** Where the newest one is that was written or restored. */
  get newest(): Pick<TrainingState, 'epoch' | 'step'> | undefined {
    return this.#newest;
  }

  due({step}: Pick<TrainingState, 'step'>): boolean {
    const {steps, minutes} = this.options.config;
    return (steps > 0 && step % steps === 0) || (minutes > 0 && secondsSince(this.#last) >= 60 * minutes);
  }

  async save(state: TrainingState, optimizer: OptimizerState): Promise<void> {
    const {model, identity, config} = this.options;
    const checkpoint: Checkpoint = {
      identity,
      state,
      model: await modelTensors(model),
      optimizer: await optimizerTensors(model, optimizer),
    };
    await this.#checkpoints.write(checkpoint);
    this.#newest = {epoch: state.epoch, step: state.step};
    const accuracies = state.metrics.map((metrics) => metrics.testTop1);
    const newest = accuracies.pop();
    if (config.best && state.step === 0 && newest !== undefined && accuracies.every((other) => other < newest)) {
      await this.#checkpoints.writeBest(checkpoint);
    }
    this.#last = secondsSince(0);
  }

  /**
   * Puts the model into the state of the newest checkpoint that can be read; undefined (and the model untouched) where there is none. The caller
   * disposes of the optimizer's tensors.
   *
   * @param onBroken told about each newer checkpoint that cannot be read
   * @throws ResumeError if it is of another architecture, operator, dataset, seed or backend
   * @throws WeightsMismatchError if its weights are not the model's
   */
  async restore(
    onBroken: (error: CheckpointError) => void,
  ): Promise<{readonly state: TrainingState; readonly optimizer: OptimizerState} | undefined> {
    const {folder, run, model, identity} = this.options;
    const checkpoint = await this.#checkpoints.newest(onBroken);
    if (checkpoint === undefined) return undefined;
    const keys = [...new Set([...Object.keys(identity), ...Object.keys(checkpoint.identity)])];
    const differences = keys
      .filter((key) => identity[key] !== checkpoint.identity[key])
      .map(
        (key) =>
          `${key} is ${checkpoint.identity[key] ?? 'not said'} in the checkpoint, ${identity[key] ?? 'unknown'} now`,
      );
    if (differences.length > 0) {
      throw new ResumeError(folder.folder, `${run} cannot be gone on with: ${differences.join('; ')}`);
    }
    applyWeights(model, checkpointWeights(checkpoint), {file: `${run}/checkpoints`, title: run});
    this.#newest = {epoch: checkpoint.state.epoch, step: checkpoint.state.step};
    return {state: checkpoint.state, optimizer: optimizerState(model, checkpoint.optimizer)};
  }
}
