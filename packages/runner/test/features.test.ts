// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import {adderOperator, convOperator} from '@addernet/nn';
import type {Architecture, FeatureMap} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  addFeatures,
  featureMap,
  FeaturesOptionError,
  InterruptedError,
  ModelOutputError,
  UnknownNameError,
} from '../src/index.js';
import {CLASSES, containerWith, FakeSplit, fakeOperator, small} from './fixtures.js';
import {readJson, run} from './run.js';
import {readText} from './temporary-folder.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const split = FakeSplit.make('test', 60, {kind: 'official', label: 'Pictures'});
const options = {images: 36, batchSize: 10};

/** [batch, 4, 4, 3] to two features to logits, the last layer the operator's. */
const narrow: Architecture = {
  name: 'narrow',
  description: 'two features',
  source: 'test',
  build({operator, numClasses, inputShape, seed}) {
    const input = tfl.input({shape: [...inputShape], name: 'input'});
    // TF.js takes a seed of 0 for none.
    const kernelInitializer = tfl.initializers.randomNormal({seed: seed + 1});
    const two = tfl.layers.dense({units: 2, name: 'two', kernelInitializer});
    const features = two.apply(tfl.layers.flatten({name: 'flat'}).apply(input));
    const logits = operator.dense({name: 'last', units: numClasses, useBias: false, seed}).apply(features);
    const outputs = tfl.layers.activation({activation: 'linear', name: 'out'}).apply(logits);
    if (!(outputs instanceof tfl.SymbolicTensor)) throw new Error('expected one symbolic tensor');
    return tfl.model({inputs: input, outputs, name: 'narrow'});
  },
};

const build = (architecture: Architecture, operator = fakeOperator('plain')): tfl.LayersModel =>
  architecture.build({operator, numClasses: CLASSES, inputShape: [4, 4, 3], seed: 1});

describe('featureMap', () => {
  it.each([
    [adderOperator.name, adderOperator, 'centers'],
    [convOperator.name, convOperator, 'directions'],
  ] as const)(
    'leaves two features as they are, with the filters of the last layer: %s',
    async (_name, operator, kind) => {
      const model = build(narrow, operator);
      const before = tf.memory().numTensors;
      const map = await featureMap(model, split, options);
      expect(tf.memory().numTensors).toBe(before);
      expect(map).toMatchObject({layer: 'last', dimensions: 2, method: 'plain', classNames: split.classNames});
      expect(map.points).toHaveLength(36);
      // By hand: the first image of the subset through the dense layer.
      const [kernel, bias] = model.getLayer('two').getWeights();
      const [batch] = split.balancedSubset(36).batches({batchSize: 36});
      const expected = tf.tidy(() =>
        tf.add(tf.matMul(tf.tensor2d(batch?.images ?? [], [36, 48]), kernel ?? tf.scalar(0)), bias ?? 0).dataSync(),
      );
      map.points.forEach(([x, y, label], index) => {
        expect(x).toBeCloseTo(expected[2 * index] ?? NaN, 2);
        expect(y).toBeCloseTo(expected[2 * index + 1] ?? NaN, 2);
        expect(label).toBe(batch?.labels[index]);
      });
      const filters = model.getLayer('last').getWeights()[0]?.dataSync() ?? [];
      expect(map.filters?.kind).toBe(kind);
      expect(map.filters?.values.map(([x]) => x)).toEqual([...filters.slice(0, CLASSES)]);
      expect(map.filters?.values.map(([, y]) => y)).toEqual([...filters.slice(CLASSES)]);
    },
  );

  it('embeds more features by UMAP, the same each time, and keeps classes that differ apart', async () => {
    const model = build(small);
    const map = await featureMap(model, split, {images: 60, batchSize: 25});
    expect(map).toMatchObject({method: 'umap'});
    expect(map.dimensions).toBeGreaterThan(2);
    expect(map.filters).toBeUndefined();
    expect(map.points.flat().every(Number.isFinite)).toBe(true);
    expect(await featureMap(model, split, {images: 60, batchSize: 60})).toEqual(map);
    const center = (points: FeatureMap['points']): [number, number] => [
      points.reduce((sum, [x]) => sum + x, 0) / points.length,
      points.reduce((sum, [, y]) => sum + y, 0) / points.length,
    ];
    const spread = (points: FeatureMap['points']): number => {
      const [cx, cy] = center(points);
      return points.reduce((sum, [x, y]) => sum + Math.hypot(x - cx, y - cy), 0) / points.length;
    };
    const classes = Array.from({length: CLASSES}, (_, label) => map.points.filter((point) => point[2] === label));
    const within = classes.reduce((sum, points) => sum + spread(points), 0) / CLASSES;
    expect(within).toBeLessThan(0.6 * spread(map.points));
  });

  it('stops when asked to', async () => {
    await expect(featureMap(build(small), split, {...options, signal: AbortSignal.abort()})).rejects.toThrow(
      InterruptedError,
    );
  });

  it('refuses a model without a filter', async () => {
    const input = tfl.input({shape: [4, 4, 3]});
    const outputs = tfl.layers.flatten().apply(input);
    if (!(outputs instanceof tfl.SymbolicTensor)) throw new Error('expected one symbolic tensor');
    await expect(featureMap(tfl.model({inputs: input, outputs}), split, options)).rejects.toThrow(ModelOutputError);
  });
});

describe('in an experiment', () => {
  it('features stand in the summary where asked for', async () => {
    const container = containerWith({architectures: [narrow]});
    const result = await run({
      container,
      overrides: {architectures: 'narrow', operators: 'plain', featureImages: '12', epochs: '1'},
    });
    expect(result.summary.runs[0]?.features).toMatchObject({dimensions: 2, points: {length: 12}});
    expect(readJson(result.folder, 'summary.json')).toMatchObject({runs: [{features: {method: 'plain'}}]});
  });

  it('features are added afterwards, equal to those of the trained model, and reports made anew', async () => {
    const container = containerWith({architectures: [narrow]});
    const overrides = {architectures: 'narrow', epochs: '1'};
    const {folder, summary} = await run({container, overrides});
    expect(summary.runs[0]?.features).toBeUndefined();
    const [id = ''] = summary.runs.map((entry) => entry.id);
    const added = await addFeatures({
      folder,
      container: containerWith({architectures: [narrow]}),
      runs: [id],
      images: 12,
    });
    expect(Object.keys(added.features)).toEqual([id]);
    expect(added.reports.map((file) => path.basename(file))).toEqual(['report.txt']);
    expect(readJson(folder, 'summary.json')).toMatchObject({
      runs: [{id, features: {points: {length: 12}}}, {id: summary.runs[1]?.id}],
    });
    const direct = await run({container, overrides: {...overrides, operators: 'plain', featureImages: '12'}});
    expect(added.features[id]).toEqual(direct.summary.runs[0]?.features);
    expect(readText(folder, 'report.txt').length).toBeGreaterThan(0);

    const all = await addFeatures({folder, container, images: 4});
    expect(Object.keys(all.features)).toEqual(summary.runs.map((entry) => entry.id));
    await expect(addFeatures({folder, container, runs: ['nothing']})).rejects.toThrow(UnknownNameError);
    await expect(addFeatures({folder, container, images: 1})).rejects.toThrow(FeaturesOptionError);
    await expect(addFeatures({folder: path.join(folder, 'nowhere'), container})).rejects.toThrow();
  });
});
