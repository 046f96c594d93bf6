// SPDX-License-Identifier: Apache-2.0
import {appendFileSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {adderOperator, convOperator} from '@addernet/nn';
import type {LayerRecord, Reporter} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {describe, expect, it} from 'vitest';
import {applyWeights, layersFile, readLayerRecords, readWeights, resumeExperiment} from '../src/index.js';
import {containerWith, small} from './fixtures.js';
import {run} from './run.js';

const ADDER = 'pictures-small-adder-seed0';
const PLAIN = 'pictures-small-plain-seed0';
/** 96 training images in batches of 16. */
const STEPS = 6;

const container = () => containerWith({operators: [convOperator, adderOperator]});

const ofKind = <K extends LayerRecord['kind']>(records: readonly LayerRecord[], kind: K) =>
  records.filter((record): record is Extract<LayerRecord, {kind: K}> => record.kind === kind);

describe('layers.jsonl', () => {
  it('has the weights before the first and after each epoch, and they are those of the model', async () => {
    let seen: readonly LayerRecord[] | undefined;
    const reporter: Reporter = {
      name: 'look',
      fileName: 'look.txt',
      render: async (_summary, runs) => {
        seen = runs.get(ADDER)?.layers;
        return '';
      },
    };
    const {folder, summary} = await run({
      container: containerWith({operators: [convOperator, adderOperator], reporters: [reporter]}),
      overrides: {operators: 'adder', epochs: '1'},
    });
    expect(summary.runs.map(({status}) => status)).toEqual(['finished']);
    const records = await readLayerRecords(folder, ADDER);
    expect(seen).toEqual(records);
    const weights = ofKind(records, 'weights');
    expect(weights.map(({epoch, step}) => [epoch, step])).toEqual([0, 1].map((epoch) => [epoch, epoch * STEPS]));
    const model: LayersModel = small.build({operator: adderOperator, numClasses: 6, inputShape: [4, 4, 3], seed: 0});
    const file = path.join(folder, ADDER);
    applyWeights(model, await readWeights(file), {file, title: ADDER});
    const kernel = model.getLayer('conv1').getWeights()[0];
    const values = Float32Array.from((await kernel?.data()) ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const conv1 = weights.at(-1)?.layers[0];
    expect(conv1).toMatchObject({layer: 'conv1', operator: 'adder', shape: [3, 3, 3, 6], summary: {count: 162}});
    expect(conv1?.summary.mean).toBeCloseTo(mean, 9);
    expect(conv1?.summary.maximum).toBe(Math.max(...values));
    expect(conv1?.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(162);
    const filters = ofKind(records, 'filters');
    expect(filters.map(({epoch}) => epoch)).toEqual([0, 1]);
    expect(filters.at(-1)?.filters).toMatchObject({layer: 'conv1', shape: [3, 3, 3, 6]});
    filters.at(-1)?.filters.values.forEach((value, index) => expect(value).toBeCloseTo(values[index] ?? NaN, 5));
    model.dispose();
  });

  it('has the gradients of the first steps and of every last one, before and behind the local learning rate', async () => {
    const {folder} = await run({container: container(), overrides: {operators: 'conv,adder', epochs: '2'}});
    const adder = ofKind(await readLayerRecords(folder, ADDER), 'gradients');
    expect(adder.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 12]);
    expect(adder.map(({epoch}) => epoch)).toEqual([1, 1, 1, 1, 1, 1, 2]);
    for (const {layers} of adder) {
      expect(layers.map(({layer}) => layer)).toEqual(['conv1', 'head']);
      for (const {norm, adaptedNorm, shape} of layers) {
        expect(norm).toBeGreaterThan(0);
        // η·√k
        expect(adaptedNorm).toBeCloseTo(0.2 * Math.sqrt(tf.util.sizeFromShape([...shape])), 4);
      }
    }
    for (const {layers} of ofKind(await readLayerRecords(folder, 'pictures-small-conv-seed0'), 'gradients')) {
      for (const {norm, adaptedNorm} of layers) expect(adaptedNorm).toBe(norm);
    }
  });

  it('records weights at the epochs that are asked for, and after the last', async () => {
    const {folder} = await run({overrides: {operators: 'plain', epochs: '5', 'tracking.epochs': '2'}});
    const weights = ofKind(await readLayerRecords(folder, PLAIN), 'weights');
    expect(weights.map(({epoch}) => epoch)).toEqual([0, 2, 4, 5]);
  });

  it.each([4, STEPS, STEPS + 2])('is the same when a run is stopped after %i steps and resumed', async (stop) => {
    const overrides = {operators: 'plain', epochs: '3', 'checkpoints.steps': '4'};
    const whole = await run({container: containerWith(), overrides});
    const controller = new AbortController();
    let seen = 0;
    const stopped = await run({
      container: containerWith(),
      overrides,
      signal: controller.signal,
      listener: {onStep: () => void (++seen === stop && controller.abort())},
    });
    // What a process that was killed while it wrote leaves: records beyond the checkpoint, and half a line.
    const later = JSON.stringify({kind: 'gradients', epoch: 3, step: 17, layers: []});
    appendFileSync(path.join(stopped.folder, layersFile(PLAIN)), `${later}\n${later.slice(0, 20)}`);
    await resumeExperiment({folder: stopped.folder, container: containerWith()});
    expect(readFileSync(path.join(stopped.folder, layersFile(PLAIN)), 'utf8')).toBe(
      readFileSync(path.join(whole.folder, layersFile(PLAIN)), 'utf8'),
    );
  });

  it('may be absent or broken', async () => {
    const {folder} = await run({overrides: {operators: 'plain', epochs: '1'}});
    expect(await readLayerRecords(folder, 'none')).toEqual([]);
    const file = layersFile(PLAIN);
    const before = await readLayerRecords(folder, PLAIN);
    appendFileSync(path.join(folder, file), '{"kind":"else"}\nnonsense\n');
    expect(before.length).toBeGreaterThan(5);
    expect(await readLayerRecords(folder, PLAIN)).toEqual(before);
  });
});
