// SPDX-License-Identifier: Apache-2.0
import {rmSync} from 'node:fs';
import path from 'node:path';
import type {Architecture, BackendProvider, ExperimentSummary, RunSummary} from '@addernet/plugin';
import * as tf from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {readWeights, resumeExperiment, type ExperimentResult, type RunListener} from '../src/index.js';
import {containerWith, cpuBackend, small} from './fixtures.js';
import {readJson, run} from './run.js';

const OVERRIDES = {epochs: '1', measureInference: 'true'};

const inferenceOf = ({inference = []}: ExperimentSummary) => inference.map(({summary}) => summary);

describe('measureInference', () => {
  it('measures the trained networks and their layers, at batch 1 and that of the training', async () => {
    const result = await run({overrides: OVERRIDES});
    const [measured, ...others] = inferenceOf(result.summary);
    expect(others).toEqual([]);
    expect(result.summary.inference?.[0]).toMatchObject({datasets: ['pictures']});
    expect(result.summary.inference?.[0]).not.toHaveProperty('folder');
    expect(measured).toMatchObject({kind: 'inference', name: 'fake', status: 'finished', notes: []});
    expect(measured?.description).toContain('pictures-small-plain-seed0, pictures-small-bent-seed0');
    expect(measured?.models.map(({architecture, operator}) => `${architecture} ${operator}`)).toEqual([
      'small plain',
      'small bent',
    ]);
    const wholes = measured?.modelMeasurements.filter(({form}) => form === 'plain');
    expect(wholes?.map(({operator, batch}) => [operator, batch])).toEqual([
      ['plain', 1],
      ['bent', 1],
      ['plain', 16],
      ['bent', 16],
    ]);
    for (const {times} of wholes ?? []) expect(times.median).toBeGreaterThan(0);
    const layers = measured?.layerMeasurements.filter(({form, batch}) => form === 'plain' && batch === 1);
    expect(new Set(layers?.flatMap((layer) => layer.layers))).toEqual(new Set(['conv1', 'bn1', 'head']));
    expect(measured?.models[0]?.costs.layers).toEqual(result.summary.runs[0]?.costs?.layers);
    expect(readJson(result.folder, 'summary.json')).toMatchObject({inference: [{summary: {kind: 'inference'}}]});
  });

  it('is off unless asked for, and leaves nothing behind', async () => {
    expect((await run({overrides: {epochs: '1'}})).summary).not.toHaveProperty('inference');
    const before = tf.memory().numTensors;
    await run({overrides: {...OVERRIDES, operators: 'plain'}});
    expect(tf.memory().numTensors).toBe(before);
  });

  it('measures with the trained weights', async () => {
    const built: LayersModel[] = [];
    const recording: Architecture = {
      ...small,
      build: (options) => {
        const model = small.build(options);
        built.push(model);
        return model;
      },
    };
    let seen: Float32Array | undefined;
    const result = await run({
      container: containerWith({architectures: [recording]}),
      overrides: {...OVERRIDES, operators: 'plain'},
      listener: {onMeasuring: () => (seen ??= built.at(-1)?.weights[0]?.read().dataSync<'float32'>().slice())},
    });
    const {weights} = await readWeights(path.join(result.folder, 'pictures-small-plain-seed0'));
    expect(seen).toBeInstanceOf(Float32Array);
    expect(seen).toEqual(Float32Array.from(weights[0]?.values ?? []));
  });

  it('takes batch 1 alone on a slow backend', async () => {
    const slow: BackendProvider = cpuBackend({speed: 'slow'});
    const {summary} = await run({
      container: containerWith({backends: [slow]}),
      overrides: {...OVERRIDES, operators: 'plain'},
    });
    expect(inferenceOf(summary)[0]?.modelMeasurements.map(({batch}) => batch)).not.toContain(16);
  });

  it('costs no run when it fails, and says why', async () => {
    const runs: RunSummary[] = [];
    let folder = '';
    const listener: RunListener = {
      onExperimentStart: (info) => (folder = info.folder),
      onRunEnd: (summary) => {
        runs.push(summary);
        rmSync(path.join(folder, summary.id, 'weights.bin'));
      },
    };
    const {status, summary} = await run({overrides: OVERRIDES, listener});
    expect(status).toBe('finished');
    expect(inferenceOf(summary)[0]).toMatchObject({status: 'failed', modelMeasurements: []});
    expect(inferenceOf(summary)[0]?.notes.join()).toMatch(/Inference could not be measured: .*weights\.bin/u);
  });
});

describe('measuring that was stopped', () => {
  let stopped: ExperimentResult;
  beforeAll(async () => {
    const controller = new AbortController();
    const onMeasuring: RunListener['onMeasuring'] = ({done}) => {
      if (done === 2) controller.abort();
    };
    stopped = await run({overrides: OVERRIDES, listener: {onMeasuring}, signal: controller.signal});
  });

  it('keeps what was measured', () => {
    expect(stopped.status).toBe('interrupted');
    expect(stopped.summary.runs.map(({status}) => status)).toEqual(['finished', 'finished']);
    expect(inferenceOf(stopped.summary)[0]).toMatchObject({status: 'interrupted'});
    expect(inferenceOf(stopped.summary)[0]?.modelMeasurements).not.toEqual([]);
  });

  it('is done when the experiment goes on, once', async () => {
    const begun: string[] = [];
    let comparisons = 0;
    const listener: RunListener = {onRunStart: ({id}) => begun.push(id), onMeasuring: () => comparisons++};
    const resume = () => resumeExperiment({folder: stopped.folder, container: containerWith(), listener});
    const resumed = await resume();
    expect(resumed.status).toBe('finished');
    expect(begun).toEqual([]);
    expect(comparisons).toBeGreaterThan(2);
    expect(inferenceOf(resumed.summary).map(({status}) => status)).toEqual(['finished']);
    const done = comparisons;
    const again = await resume();
    expect(comparisons).toBe(done);
    expect(inferenceOf(again.summary)).toEqual(inferenceOf(resumed.summary));
  });
});
