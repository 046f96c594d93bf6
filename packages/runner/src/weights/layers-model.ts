// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {z} from 'zod';
import {WeightsFileError, errorCode, errorText} from '../errors.js';
import type {NamedWeight, WeightFormat, WeightsFile} from './formats.js';

const specSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: z
    .union([
      z.object({dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number()}),
      z.object({dtype: z.literal('float16')}),
    ])
    .optional(),
});

const modelSchema = z.object({
  format: z.string().nullish(),
  weightsManifest: z.array(z.object({paths: z.array(z.string().min(1)).min(1), weights: z.array(specSchema)})).min(1),
  userDefinedMetadata: z.unknown().optional(),
});

type Spec = z.infer<typeof specSchema>;

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function byteLength({shape, dtype, quantization}: Spec): number {
  const bytes = {float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1, uint16: 2}[quantization?.dtype ?? dtype];
  return elements(shape) * bytes;
}

async function readBytes(file: string, role: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new WeightsFileError(
      file,
      errorCode(error) === 'ENOENT' ? `there is no such file; expected ${role}` : `cannot be read: ${errorText(error)}`,
      {cause: error},
    );
  }
}

function parseModel(file: string, text: string): z.infer<typeof modelSchema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new WeightsFileError(file, `not JSON, or truncated (${errorText(error)})`, {cause: error});
  }
  const model = modelSchema.safeParse(parsed);
  if (!model.success) {
    const [issue] = model.error.issues;
    throw new WeightsFileError(
      file,
      `not a TF.js model.json: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'unknown form'}`,
    );
  }
  if (model.data.format !== undefined && model.data.format !== null && model.data.format !== 'layers-model') {
    throw new WeightsFileError(file, `its format is "${model.data.format}"; expected "layers-model"`);
  }
  return model.data;
}

/** A shard beside model.json; a manifest cannot point elsewhere. */
function shardPath(file: string, shard: string): string {
  const folder = path.dirname(path.resolve(file));
  const resolved = path.resolve(folder, shard);
  if (!resolved.startsWith(folder + path.sep)) {
    throw new WeightsFileError(file, `its weights path "${shard}" leaves the folder; expected a path within it`);
  }
  return resolved;
}

async function decode(file: string, bytes: Buffer, specs: readonly Spec[]): Promise<NamedWeight[]> {
  const expected = specs.reduce((sum, spec) => sum + byteLength(spec), 0);
  if (bytes.byteLength !== expected) {
    throw new WeightsFileError(
      file,
      `its weights are ${bytes.byteLength} bytes; expected ${expected}` +
        (bytes.byteLength < expected ? ': the file is truncated' : ': the file belongs to another model.json'),
    );
  }
  // A Buffer may be a window on a larger pool.
  const buffer = new Uint8Array(bytes).buffer;
  const tensors = tf.io.decodeWeights(buffer, [...specs]);
  try {
    const weights: NamedWeight[] = [];
    for (const {name, shape} of specs) {
      const tensor = tensors[name];
      if (tensor === undefined) throw new WeightsFileError(file, `lacks ${name}, which its own manifest names`);
      weights.push({name, shape, values: Float32Array.from(await tensor.data())});
    }
    return weights;
  } finally {
    tf.dispose(tensors);
  }
}

function stringEntries(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (typeof entry === 'string' ? [[key, entry]] : [])),
  );
}

async function read(file: string): Promise<WeightsFile> {
  const model = parseModel(file, (await readBytes(file, 'a model.json')).toString('utf8'));
  const weights: NamedWeight[] = [];
  for (const group of model.weightsManifest) {
    const shards: Buffer[] = [];
    for (const shard of group.paths) shards.push(await readBytes(shardPath(file, shard), `the weights of ${file}`));
    weights.push(...(await decode(file, Buffer.concat(shards), group.weights)));
  }
  const names = weights.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new WeightsFileError(file, `names ${twice} twice`);
  return {format: 'layers-model', weights, metadata: stringEntries(model.userDefinedMetadata)};
}

/** TF.js's model.json with its weights beside it, as runs and tfjs-layers save it. */
export const layersModelFormat: WeightFormat = {
  name: 'layers-model',
  description: "TF.js's model.json with weights.bin beside it",
  extensions: ['.json'],
  recognises: (file, head) => {
    const text = new TextDecoder().decode(head).trimStart();
    return text.startsWith('{') && (file.toLowerCase().endsWith('.json') || text.includes('"modelTopology"'));
  },
  read,
};
