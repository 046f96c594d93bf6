// SPDX-License-Identifier: Apache-2.0
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  WeightsMismatchError,
  evaluateWeights,
  normalizationText,
  parseNormalization,
  weightFormats,
  type EvaluateOptions,
  type WeightFormat,
} from '../src/index.js';
import {containerWith, fakeDataset, small} from './fixtures.js';
import {readText, temporaryFolder} from './temporary-folder.js';
import {build, saveIn} from './weights-fixtures.js';

const folder = temporaryFolder();
const save = saveIn(folder);

const options = (weights: string, further: Partial<EvaluateOptions> = {}): EvaluateOptions => ({
  container: containerWith(),
  architecture: 'small',
  operator: 'plain',
  dataset: 'pictures',
  weights,
  ...further,
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('evaluateWeights', () => {
  it('names what does not fit', async () => {
    const sevenClasses = await save('seven', build(7));
    const error: unknown = await evaluateWeights(options(sevenClasses)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WeightsMismatchError);
    expect(error).toMatchObject({
      missing: [],
      unexpected: [],
      misshapen: [
        'head/kernel: the file has [96,7]; the model expects [96,6]',
        'head/bias: the file has [7]; the model expects [6]',
      ],
    });

    const other = tfl.sequential({
      layers: [tfl.layers.flatten({inputShape: [4, 4, 3]}), tfl.layers.dense({name: 'classifier', units: 6})],
    });
    const foreign: unknown = await evaluateWeights(options(await save('foreign', other))).catch(
      (thrown: unknown) => thrown,
    );
    expect(foreign).toMatchObject({
      missing: [
        'conv1/kernel',
        'conv1/bias',
        'bn1/gamma',
        'bn1/beta',
        'head/kernel',
        'head/bias',
        'bn1/moving_mean',
        'bn1/moving_variance',
      ],
      unexpected: ['classifier/kernel', 'classifier/bias'],
    });
    expect(String(foreign)).toContain('8 missing: conv1/kernel; conv1/bias');
  });

  it("refuses another operator's weights, though names and shapes fit", async () => {
    const file = await save('twin', build(), {architecture: 'small', operator: 'bent'});
    await expect(evaluateWeights(options(file))).rejects.toThrow(
      'does not fit small with operator plain and 6 classes (the file says operator bent; asked for plain)',
    );
    expect((await evaluateWeights(options(file, {operator: 'bent'}))).images).toBe(36);
    const unnamed = await save('unnamed', build());
    expect((await evaluateWeights(options(unnamed))).images).toBe(36);
    expect(await evaluateWeights(options(unnamed))).not.toHaveProperty('trainedOn');
    const named = await save('named', build(), {data: 'synthetic stand-in for Pictures'});
    expect(await evaluateWeights(options(named))).toMatchObject({trainedOn: 'synthetic stand-in for Pictures'});
  });

  it('hints at layers without names', async () => {
    const nameless = {
      ...small,
      name: 'nameless',
      build: () =>
        tfl.sequential({layers: [tfl.layers.flatten({inputShape: [4, 4, 3]}), tfl.layers.dense({units: 6})]}),
    };
    const file = await save('nameless', nameless.build());
    await expect(
      evaluateWeights(options(file, {architecture: 'nameless', container: containerWith({architectures: [nameless]})})),
    ).rejects.toThrow('does the architecture leave its layers without names?');
  });

  it('takes a limit and reports progress, and passes options to the dataset', async () => {
    const file = await save('limit', build());
    const dataset = fakeDataset('pictures', {kind: 'partial', label: 'Pictures (10 of 36)'});
    const steps: number[] = [];
    const result = await evaluateWeights(
      options(file, {
        limit: 10,
        batchSize: 4,
        data: 'official',
        allowPartial: true,
        labels: 'coarse',
        dataRoot: '/somewhere',
        container: containerWith({datasets: [dataset]}),
        listener: {onEvaluationStep: ({step}) => steps.push(step)},
      }),
    );
    expect(result).toMatchObject({images: 10, data: 'Pictures (10 of 36)', dataKind: 'partial', weights: file});
    expect(steps).toEqual([1, 2, 3]);
    expect(dataset.loads).toHaveLength(1);
    expect(dataset.loads[0]).toMatchObject({
      split: 'test',
      options: {source: 'official', allowPartial: true, labels: 'coarse', root: '/somewhere'},
    });
    expect(Number.isFinite(JSON.parse(JSON.stringify(result)).loss)).toBe(true);
    for (const limit of [0, 1.5, -1, NaN]) {
      await expect(evaluateWeights(options(file, {limit}))).rejects.toThrow('expected an integer ≥ 1');
    }
  });

  it('normalises as asked, else as the file says, else as usual for the dataset', async () => {
    const dataset = fakeDataset();
    const container = containerWith({datasets: [dataset]});
    const evaluated = async (metadata: Record<string, string>, further: Partial<EvaluateOptions> = {}) => {
      const {normalization} = await evaluateWeights(
        options(await save('normalised', build(), metadata), {container, ...further}),
      );
      const {from, ...used} = normalization;
      expect(dataset.splits.test.calls.at(-1)?.normalization).toMatchObject(used);
      return [from, normalizationText(used)];
    };
    expect(await evaluated({})).toEqual(['dataset', '0.5,0.5,0.5/0.25,0.25,0.25']);
    const said = {normalization: '0.1,0.2,0.3/1,1,2'};
    expect(await evaluated(said)).toEqual(['weights', '0.1,0.2,0.3/1,1,2']);
    const normalization = parseNormalization('imagenet');
    expect(normalization).toBeDefined();
    if (normalization === undefined) return;
    expect(await evaluated(said, {normalization})).toEqual(['option', '0.485,0.456,0.406/0.229,0.224,0.225']);
    await expect(evaluated({normalization: 'whitened'})).rejects.toThrow(
      'its metadata has normalization "whitened"; expected imagenet, or MEAN/STD such as',
    );
    await expect(evaluated({}, {normalization: {mean: [0.5], std: [1]}})).rejects.toThrow(
      'normalization has 1 means and 1 standard deviations; Pictures has 3 channels',
    );
  });

  it('reads a normalisation from text', () => {
    expect(parseNormalization('0.5/2')).toEqual({mean: [0.5], std: [2]});
    expect(parseNormalization('-1, .5,1e-1 / 1,2.,3')).toEqual({mean: [-1, 0.5, 0.1], std: [1, 2, 3]});
    for (const text of [
      '',
      '0.5',
      '0.5/',
      '/1',
      '1/0',
      '1/-1',
      '1,2/1',
      '1/1/1',
      'x/1',
      '1/Infinity',
      '0x1/1',
      'constructor',
      '1,/1,1',
    ])
      expect(parseNormalization(text), text).toBeUndefined();
  });

  it('leaves writing to a format whose names are not the model’s, and refuses what the file says it is not', async () => {
    const model = build();
    const applied: string[] = [];
    const format: WeightFormat = {
      name: 'foreign',
      description: 'weights by other names',
      extensions: ['.foreign'],
      recognises: (file) => file.endsWith('.foreign'),
      read: (file) =>
        Promise.resolve({
          format: 'foreign',
          weights: [],
          metadata: {operator: readText(file)},
          apply: (target, title) => {
            applied.push(title);
            target.setWeights(model.getWeights());
          },
        }),
    };
    const file = path.join(folder, 'weights.foreign');
    writeFileSync(file, '-');
    await expect(evaluateWeights(options(file, {formats: [format]}))).rejects.toThrow(
      'the file says operator -; asked for plain',
    );
    expect(applied).toEqual([]);
    writeFileSync(file, 'plain');
    const result = await evaluateWeights(options(file, {formats: [format]}));
    expect(applied).toEqual(['small with operator plain and 6 classes']);
    expect(result).toMatchObject({
      weightsFormat: 'foreign',
      loss: (await evaluateWeights(options(await save('same', model)))).loss,
    });
  });

  it('reports outputs that are not finite, and stops when aborted', async () => {
    const model = build();
    model.setWeights(model.getWeights().map((weight) => tf.fill(weight.shape, 1e38)));
    const file = await save('huge', model);
    await expect(evaluateWeights(options(file))).rejects.toThrow('are not finite');
    const fine = await save('fine', build());
    await expect(evaluateWeights(options(fine, {signal: AbortSignal.abort()}))).rejects.toThrow('interrupted');
  });

  it('reads further formats from a registry', async () => {
    const model = build();
    const format: WeightFormat = {
      name: 'text',
      description: 'numbers as text',
      extensions: ['.numbers'],
      recognises: (_file, head) => new TextDecoder().decode(head).startsWith('numbers'),
      read: async () => ({
        format: 'text',
        metadata: {},
        weights: await Promise.all(
          model.weights.map(async (variable) => ({
            name: variable.originalName,
            shape: variable.shape.map((size) => size ?? 0),
            values: Float32Array.from(await variable.read().data()),
          })),
        ),
      }),
    };
    const file = path.join(folder, 'weights.numbers');
    writeFileSync(file, 'numbers 1 2 3');
    const result = await evaluateWeights(options(file, {formats: [...weightFormats, format]}));
    expect(result.images).toBe(36);
    await expect(evaluateWeights(options(file))).rejects.toThrow('its format is not known');
  });
});
