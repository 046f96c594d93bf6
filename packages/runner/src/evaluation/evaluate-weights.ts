// SPDX-License-Identifier: Apache-2.0
import {type FusedModel, fuseForInference} from '@addernet/nn';
import type {DatasetAdapter} from '@addernet/plugin';
import {chooseBackend, startBackend} from '../backend.js';
import {DEFAULT_CONFIG} from '../config/schema.js';
import {lookup} from '../container.js';
import {RunnerError, WeightsFileError} from '../errors.js';
import {loadOptions} from '../experiment/load-data.js';
import {evaluateSplit} from '../training/evaluate-split.js';
import {stopIfAborted} from '../training/pause.js';
import {applyWeights} from '../weights/apply.js';
import {readWeights, weightFormats} from '../weights/read.js';
import type {WeightsFile} from '../weights/formats.js';
import {NORMALIZATION_FORM, parseNormalization} from './normalization.js';
import type {EvaluateOptions, EvaluationResult} from './types.js';

/** An option of evaluateWeights outside its range. */
export class EvaluateOptionError extends RunnerError {
  constructor(message: string) {
    super('ADDERNET_EVALUATE_OPTION', message);
  }
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new EvaluateOptionError(`evaluate: ${name} is ${value}; expected an integer ≥ 1`);
}

/** What the weights were trained with: as asked for, else as their file says, else as usual for the dataset. */
function normalizationOf(
  {normalization: asked, weights: file}: EvaluateOptions,
  dataset: DatasetAdapter,
  {metadata}: WeightsFile,
): EvaluationResult['normalization'] {
  const {normalization: said} = metadata;
  const fromFile = said === undefined ? undefined : parseNormalization(said);
  if (said !== undefined && fromFile === undefined) {
    throw new WeightsFileError(file, `its metadata has normalization "${said}"; expected ${NORMALIZATION_FORM}`);
  }
  const {mean, std} = asked ?? fromFile ?? dataset.normalization;
  const [, , channels] = dataset.imageShape;
  if (mean.length !== channels || std.length !== channels) {
    throw new EvaluateOptionError(
      `evaluate: normalization has ${mean.length} means and ${std.length} standard deviations; ${dataset.title} has ${channels} channels`,
    );
  }
  return {mean, std, from: asked !== undefined ? 'option' : fromFile !== undefined ? 'weights' : 'dataset'};
}

/**
 * Accuracy and loss of saved weights on a dataset's test split.
 *
 * @throws UnknownNameError, BackendUnavailableError, WeightsFileError, WeightsMismatchError, EvaluateOptionError
 * @throws InterruptedError once the signal is aborted
 * @throws RunnerError if the model's outputs are not finite
 */
export async function evaluateWeights(options: EvaluateOptions): Promise<EvaluationResult> {
  const {container, listener, signal, weights: file, limit, batchSize = 256, formats = weightFormats} = options;
  checkCount('limit', limit);
  checkCount('batchSize', batchSize);
  checkCount('imageSize', options.imageSize);
  const architecture = lookup(container, 'architecture', options.architecture);
  const operator = lookup(container, 'operator', options.operator);
  const dataset = lookup(container, 'dataset', options.dataset);
  const provider = await chooseBackend(container, options.backend ?? 'auto');
  await startBackend(provider, options.threads ?? 'auto', (note) => listener?.onNotice?.(note));
  const read = await readWeights(file, formats);
  const normalization = normalizationOf(options, dataset, read);
  const {data: trainedOn} = read.metadata;
  stopIfAborted(signal);
  const split = await dataset.load(
    'test',
    loadOptions(
      {
        data: options.data ?? 'auto',
        allowPartial: options.allowPartial ?? false,
        labels: options.labels ?? 'fine',
        imageSize: options.imageSize ?? DEFAULT_CONFIG.imageSize,
      },
      {
        ...(options.dataRoot === undefined ? {} : {root: options.dataRoot}),
        ...(listener === undefined ? {} : {listener}),
        ...(signal === undefined ? {} : {signal}),
      },
    ),
  );
  let fused: FusedModel | undefined;
  const model = architecture.build({operator, numClasses: split.numClasses, inputShape: split.imageShape, seed: 0});
  try {
    applyWeights(model, read, {
      file,
      title: `${architecture.name} with operator ${operator.name} and ${split.numClasses} classes`,
      expected: {architecture: architecture.name, operator: operator.name},
    });
    if (options.fused === true) fused = await fuseForInference(model);
    const score = await evaluateSplit(fused?.model ?? model, split, {
      batchSize,
      normalization,
      ...(limit === undefined ? {} : {limit}),
      ...(signal === undefined ? {} : {signal}),
      onStep: (progress) => listener?.onEvaluationStep?.(progress),
    });
    if (!Number.isFinite(score.loss)) {
      throw new RunnerError(
        'ADDERNET_NON_FINITE_OUTPUT',
        `${file}: the model's outputs on ${split.provenance.label} are not finite (loss ${score.loss}); its numbers would mean nothing`,
      );
    }
    return {
      top1: score.top1,
      top5: score.top5,
      loss: score.loss,
      images: score.images,
      imagesPerSecond: score.images / score.seconds,
      seconds: score.seconds,
      backend: provider.name,
      operator: operator.name,
      architecture: architecture.name,
      dataset: dataset.name,
      data: split.provenance.label,
      dataKind: split.provenance.kind,
      weights: file,
      ...(fused === undefined ? {} : {fused: countFused(fused)}),
      ...(trainedOn === undefined ? {} : {trainedOn}),
      weightsFormat: read.format,
      normalization,
    };
  } finally {
    fused?.model.dispose();
    model.dispose();
  }
}

function countFused({fused}: FusedModel): NonNullable<EvaluationResult['fused']> {
  return {layers: fused.length, absorbed: fused.reduce((sum, {absorbed}) => sum + absorbed.length, 0)};
}
