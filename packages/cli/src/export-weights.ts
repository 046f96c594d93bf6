// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import path from 'node:path';
import type {Normalization} from '@addernet/plugin';
import {
  applyWeights,
  errorText,
  listBound,
  lookup,
  normalizationText,
  readWeights,
  WeightsFileError,
  type WeightsFile,
} from '@addernet/runner';
import {saveSafetensors} from '@addernet/zoo/pytorch';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Container} from 'inversify';
import writeFileAtomic from 'write-file-atomic';
import {ExportError, UsageError} from './errors.js';
import {weightFormats} from './weight-formats.js';

/** What the file does not say of itself must be said here; what is said here wins. */
export interface ExportOptions {
  /** A run's folder, its model.json, one of its checkpoints, or a file of PyTorch's. */
  readonly weights: string;
  /** The .safetensors file to be written. */
  readonly output: string;
  /** Where in a PyTorch file the state dict is, if not under a usual name. */
  readonly stateDict?: string;
  readonly architecture?: string;
  readonly operator?: string;
  /** Its images and classes, where neither the file nor `image` and `classes` say them. */
  readonly dataset?: string;
  readonly image?: readonly [number, number, number];
  readonly classes?: number;
  readonly normalization?: Normalization;
  /** Before all names. */
  readonly prefix?: string;
  readonly numBatchesTracked?: number;
  /** Replace the output if it is there. */
  readonly force?: boolean;
}

export interface ExportResult {
  readonly output: string;
  readonly bytes: number;
  readonly architecture: string;
  readonly operator: string;
  readonly classes: number;
  readonly image: readonly [number, number, number];
  readonly tensors: number;
  readonly values: number;
  /** Format of what was read, e.g. 'layers-model'. */
  readonly from: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Of a run's metadata: what a reader of the exported file may want to know. */
const KEPT = ['dataset', 'data', 'recipe', 'seed', 'epoch', 'state'];

function nameOf(kind: 'architecture' | 'operator', {weights, ...options}: ExportOptions, read: WeightsFile): string {
  const name = options[kind] ?? read.metadata[kind];
  if (name !== undefined) return name;
  throw new UsageError(
    `${weights} does not say of which ${kind} it is; expected --${kind}=NAME (addernet list has the names)`,
  );
}

interface ModelShape {
  readonly image: readonly [number, number, number];
  readonly classes: number;
}

/** What the file says of its images or classes, e.g. '32x32x3'. */
function saidIn({metadata}: WeightsFile, key: 'image' | 'classes', weights: string): readonly number[] | undefined {
  const text = metadata[key];
  if (text === undefined) return undefined;
  const numbers = text.split('x').map((part) => (/^[1-9]\d*$/.test(part) ? Number(part) : NaN));
  if (numbers.length === (key === 'image' ? 3 : 1) && numbers.every(Number.isSafeInteger)) return numbers;
  throw new WeightsFileError(
    weights,
    `its metadata has ${key} "${text}"; expected ${key === 'image' ? 'height x width x channels, e.g. 32x32x3' : 'an integer ≥ 1'}`,
  );
}

function shapeOf(options: ExportOptions, read: WeightsFile, container: Container): ModelShape {
  const name = options.dataset ?? read.metadata.dataset;
  const dataset =
    options.dataset === undefined
      ? listBound(container, 'dataset').find((adapter) => adapter.name === name)
      : lookup(container, 'dataset', options.dataset);
  const said = (key: 'image' | 'classes'): readonly number[] | undefined =>
    options.dataset === undefined ? saidIn(read, key, options.weights) : undefined;
  const [height, width, channels] = options.image ?? said('image') ?? dataset?.imageShape ?? [];
  const [classes] = options.classes === undefined ? (said('classes') ?? [dataset?.numClasses]) : [options.classes];
  if (height !== undefined && width !== undefined && channels !== undefined && classes !== undefined) {
    return {image: [height, width, channels], classes};
  }
  throw new UsageError(
    `${options.weights} does not say for which images and classes it is; expected --dataset=NAME, or --input=HEIGHTxWIDTHxCHANNELS and --classes=NUMBER`,
  );
}

/** What the weights were trained with: as asked for, else as the file says, else, for runs, the dataset's own. */
function normalizationOf(
  {normalization}: ExportOptions,
  {format, metadata}: WeightsFile,
  container: Container,
): string | undefined {
  if (normalization !== undefined) return normalizationText(normalization);
  if (metadata.normalization !== undefined) return metadata.normalization;
  if (format === 'pytorch' || format === 'safetensors') return undefined;
  const dataset = listBound(container, 'dataset').find(({name}) => name === metadata.dataset);
  return dataset === undefined ? undefined : normalizationText(dataset.normalization);
}

function checkOutput({output, force}: ExportOptions): void {
  if (path.extname(output).toLowerCase() !== '.safetensors') {
    throw new UsageError(`given --output=${output}, expected a file name that ends in .safetensors`);
  }
  if (force !== true && existsSync(output)) {
    throw new UsageError(`${output} is there already; give --force to replace it, or another --output`);
  }
}

/** Values of the weights; a model's own count leaves out what is not trained. */
const valuesOf = (model: LayersModel): number =>
  model.weights.reduce((sum, {shape}) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1), 0);

/**
 * Writes weights as a .safetensors file with PyTorch's names and layouts. A TF.js backend must have been started.
 *
 * @throws UsageError where something is not said or would be overwritten; UnknownNameError, WeightsFileError, WeightsMismatchError; ExportError if
 *   the file cannot be written
 */
export async function exportWeights(options: ExportOptions, container: Container): Promise<ExportResult> {
  checkOutput(options);
  const read = await readWeights(options.weights, weightFormats(options));
  const architecture = lookup(container, 'architecture', nameOf('architecture', options, read));
  const operator = lookup(container, 'operator', nameOf('operator', options, read));
  const {image, classes} = shapeOf(options, read, container);
  const normalization = normalizationOf(options, read, container);
  const model = architecture.build({operator, numClasses: classes, inputShape: image, seed: 0});
  try {
    applyWeights(model, read, {
      file: options.weights,
      title: `${architecture.name} with operator ${operator.name} and ${classes} classes`,
      expected: {architecture: architecture.name, operator: operator.name},
    });
    const metadata = {
      architecture: architecture.name,
      operator: operator.name,
      classes: String(classes),
      image: image.join('x'),
      ...(normalization === undefined ? {} : {normalization}),
      ...Object.fromEntries(
        KEPT.flatMap((key) => (read.metadata[key] === undefined ? [] : [[key, read.metadata[key]]])),
      ),
    };
    const {prefix, numBatchesTracked, output} = options;
    const bytes = await saveSafetensors(model, {
      metadata,
      ...(prefix === undefined ? {} : {prefix}),
      ...(numBatchesTracked === undefined ? {} : {numBatchesTracked}),
    });
    try {
      await writeFileAtomic(output, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    } catch (error) {
      throw new ExportError(output, `cannot be written: ${errorText(error)}`, {cause: error});
    }
    return {
      output,
      bytes: bytes.byteLength,
      architecture: architecture.name,
      operator: operator.name,
      classes,
      image,
      tensors: model.weights.length,
      values: valuesOf(model),
      from: read.format,
      metadata,
    };
  } finally {
    model.dispose();
  }
}
