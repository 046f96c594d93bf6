// SPDX-License-Identifier: Apache-2.0
import {SGD} from '@addernet/nn';
import type {Augmentation, EpochMetrics, EvaluationRecord, ImageSplit, Normalization} from '@addernet/plugin';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {TrainingState} from '../checkpoints/training-state.js';
import type {ExperimentConfig} from '../config/schema.js';
import {HalfUpdateError, InterruptedError, NonFiniteLossError, OutputFolderError} from '../errors.js';
import {EvaluationRecorder, type EvaluationSettings} from '../evaluation/recorder.js';
import {Eta} from './eta.js';
import {evaluateSplit} from './evaluate-split.js';
import {pause, secondsSince} from './pause.js';
import type {TrainingObserver} from './observer.js';
import {learningRateSchedule} from './schedule.js';
import {Score} from './score.js';
import {trainStep} from './train-step.js';

/** Where training is, after a step. */
export interface TrainProgress {
  /** 1 = the first epoch. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
  readonly loss: number;
  readonly etaSeconds: number;
}

/** The optimizer's weights (`tf.Optimizer.getWeights`), named after the model's variables as they are called in this process. */
export type OptimizerState = Awaited<ReturnType<SGD['getWeights']>>;

/** Where a run's state goes. */
export interface TrainingCheckpoints {
  /** Whether the state is wanted after a step; an epoch's end and an interruption are not asked about. */
  due(state: Pick<TrainingState, 'epoch' | 'step'>): boolean;
  save(state: TrainingState, optimizer: OptimizerState): Promise<void>;
}

/** What `trainModel` takes. */
export interface TrainOptions {
  readonly model: LayersModel;
  readonly train: ImageSplit;
  readonly test: ImageSplit;
  readonly normalization?: Normalization;
  readonly augmentation?: Augmentation;
  readonly config: Pick<
    ExperimentConfig,
    'epochs' | 'batchSize' | 'evaluationBatchSize' | 'optimizer' | 'schedule' | 'augmentation'
  >;
  /** Decides order and augmentation of the training images; initial weights are the model's own. */
  readonly seed: number;
  /** Name of the run, for errors. */
  readonly run?: string;
  readonly signal?: AbortSignal;
  readonly onStep?: (progress: TrainProgress) => void;
  readonly onEvaluationStep?: (progress: {step: number; steps: number; imagesPerSecond: number}) => void;
  /** Where to go on: the model has the weights of then, and these are the optimizer's. */
  readonly resume?: {readonly state: TrainingState; readonly optimizer: OptimizerState};
  /** Asked after every step and every epoch. Its time is not counted. */
  readonly checkpoints?: TrainingCheckpoints;
  /** What of each epoch's evaluation is recorded; `write` is awaited before the checkpoint behind it is taken. */
  readonly evaluation?: {
    readonly settings: EvaluationSettings;
    readonly write: (record: EvaluationRecord) => Promise<void>;
  };
  /** Awaited, once the checkpoint is written; its time is not counted. */
  readonly onEpoch?: (metrics: EpochMetrics) => Promise<void> | void;
  readonly observer?: TrainingObserver;
}

/** A last batch of one image has no batch statistics, so it is left out. */
export const leavesOutLast = (size: number, batchSize: number): boolean =>
  batchSize > 1 && size > batchSize && size % batchSize === 1;

/**
 * Trains with SGD for the configured epochs and evaluates after each. Order and augmentation depend on (seed, epoch, image) only, so that two
 * operators see the same images; the same seed gives the same numbers on the same backend.
 *
 * With `resume` the run goes on where a checkpoint was taken, and ends with the same bits as if it had never stopped.
 *
 * Whatever is thrown, the state after the last whole step goes to `checkpoints` first, unless the update itself failed.
 *
 * @throws InterruptedError between two steps once the signal is aborted; the model is left as it is then
 * @throws NonFiniteLossError when a step's loss, or the test loss, is NaN or infinite; the model is left as before that step
 * @throws HalfUpdateError when the update of the weights fails
 */
export async function trainModel(options: TrainOptions): Promise<void> {
  const {
    model,
    train,
    test,
    normalization,
    config,
    seed,
    run = model.name,
    signal,
    onStep,
    onEvaluationStep,
    onEpoch,
    observer,
  } = options;
  const {epochs, batchSize, evaluationBatchSize, schedule} = config;
  const {localLearningRate, ...optimizerSettings} = config.optimizer;
  const learningRateAt = learningRateSchedule(config);
  const batching = {batchSize, dropRemainder: leavesOutLast(train.size, batchSize)};
  const steps = train.batchCount(batching);
  const augmentation = config.augmentation ? options.augmentation : undefined;
  const optimizer = new SGD({
    ...optimizerSettings,
    localLearningRate: localLearningRate === 0 ? false : {eta: localLearningRate},
  });
  const eta = new Eta(epochs, steps);
  const runStart = secondsSince(options.resume?.state.seconds ?? 0);
  const metrics: EpochMetrics[] = [...(options.resume?.state.metrics ?? [])];
  for (const done of metrics) {
    eta.afterTraining(done.trainSeconds);
    eta.afterEvaluation(done.testSeconds);
  }
  /** Only what belongs to the epoch is passed in. */
  const checkpoint = async (state: Pick<TrainingState, 'epoch' | 'step' | 'score' | 'epochSeconds'>): Promise<void> => {
    await options.checkpoints?.save(
      {...state, seconds: secondsSince(runStart), metrics: [...metrics]},
      await optimizer.getWeights(),
    );
  };
  try {
    if (options.resume !== undefined) await optimizer.setWeights(options.resume.optimizer);
    let resumed = options.resume?.state;
    for (let epoch = resumed?.epoch ?? 1; epoch <= epochs; epoch++) {
      let score = new Score(resumed?.score);
      let step = resumed?.step ?? 0;
      let start = secondsSince(resumed?.epochSeconds ?? 0);
      resumed = undefined;
      const state = () => ({epoch, step, score: score.sums, epochSeconds: secondsSince(start)});
      try {
        const batches = train.batches({
          ...batching,
          startBatch: step,
          shuffle: {seed, epoch: epoch - 1},
          ...(augmentation === undefined ? {} : {augmentation}),
          ...(normalization === undefined ? {} : {normalization}),
        });
        for await (const batch of batches) {
          await pause(signal);
          const position = epoch - 1 + (schedule.interval === 'step' ? step / steps : 0);
          optimizer.learningRate = learningRateAt(position);
          const after = new Score(score.sums);
          const at = {epoch, step: step + 1, steps, totalSteps: (epoch - 1) * steps + step + 1};
          let loss = NaN;
          const gradients = await trainStep(
            {
              model,
              optimizer,
              imageShape: train.imageShape,
              numClasses: train.numClasses,
              measured: observer?.gradientsOf(at) ?? [],
            },
            batch,
            ({logits, objective}) => {
              loss = after.add(logits, batch.labels, train.numClasses, batch.size) / batch.size;
              if (!Number.isFinite(loss)) throw new NonFiniteLossError(run, loss, epoch, step + 1);
              if (!Number.isFinite(objective)) throw new NonFiniteLossError(run, objective, epoch, step + 1);
            },
          );
          const top1 = (after.top1Count - score.top1Count) / batch.size;
          score = after;
          step++;
          const seconds = secondsSince(start);
          onStep?.({
            epoch,
            epochs,
            step,
            steps,
            imagesPerSecond: score.images / seconds,
            loss: score.loss,
            etaSeconds: eta.afterStep(epoch, step, seconds),
          });
          await observer?.onStep({
            ...at,
            loss,
            top1,
            learningRate: optimizer.learningRate,
            imagesPerSecond: score.images / seconds,
            gradients,
          });
          if (step < steps && options.checkpoints?.due({epoch, step}) === true) {
            const before = secondsSince(0);
            await checkpoint(state());
            start += secondsSince(before);
          }
        }
        const trainSeconds = secondsSince(start);
        eta.afterTraining(trainSeconds);
        const {evaluation} = options;
        const recorder = evaluation && new EvaluationRecorder(test, evaluation.settings);
        const tested = await evaluateSplit(model, test, {
          ...(recorder === undefined ? {} : {recorder}),
          batchSize: evaluationBatchSize,
          ...(normalization === undefined ? {} : {normalization}),
          ...(signal === undefined ? {} : {signal}),
          ...(onEvaluationStep === undefined ? {} : {onStep: onEvaluationStep}),
        });
        eta.afterEvaluation(tested.seconds);
        if (!Number.isFinite(tested.loss)) throw new NonFiniteLossError(run, tested.loss, epoch);
        if (recorder !== undefined) await evaluation?.write(await recorder.record(epoch));
        metrics.push({
          epoch,
          learningRate: learningRateAt(epoch - 1),
          trainLoss: score.loss,
          trainTop1: score.top1,
          testLoss: tested.loss,
          testTop1: tested.top1,
          testTop5: tested.top5,
          imagesPerSecond: score.images / trainSeconds,
          trainSeconds,
          testSeconds: tested.seconds,
        });
      } catch (error) {
        // An interruption, or a failure in data, step or evaluation: the state is that after the last step.
        if (!(error instanceof HalfUpdateError || error instanceof OutputFolderError)) {
          // What went wrong first is what is told: a folder that cannot be written shows at the next file.
          await checkpoint(state()).catch((failure: unknown) => {
            if (error instanceof InterruptedError) throw failure;
          });
        }
        throw error;
      }
      const last = metrics.at(-1);
      if (last !== undefined) await observer?.onEpoch(last, epoch * steps);
      await checkpoint({epoch: epoch + 1, step: 0, score: new Score().sums, epochSeconds: 0});
      if (last !== undefined) await onEpoch?.(last);
    }
  } finally {
    optimizer.dispose();
  }
}
