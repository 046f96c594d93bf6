// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {decodeSafetensors, fromFloat32, toFloat32} from '@addernet/nn';
import {encodeCheckpoint, encodeModel} from '@addernet/runner';
import {createModel} from '@addernet/zoo';
import {loadSafetensors, saveSafetensors} from '@addernet/zoo/pytorch';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {inProcess, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const build = (operator: string, seed: number, numClasses = 10): LayersModel =>
  createModel('tiny', {operator, numClasses, inputShape: [32, 32, 3], seed});

async function valuesOf(model: LayersModel): Promise<number[][]> {
  return Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
}

/** A run's folder, as `addernet run` leaves it. */
async function runOf(name: string, model: LayersModel, metadata: Record<string, string>): Promise<string> {
  const {json, weights} = await encodeModel(model, metadata);
  mkdirSync(inFolder(name));
  writeFileSync(path.join(inFolder(name), 'model.json'), json);
  writeFileSync(path.join(inFolder(name), 'weights.bin'), weights);
  return inFolder(name);
}

/** A model as a run keeps it while it trains. */
async function checkpointOf(model: LayersModel): Promise<Uint8Array> {
  const weights = model.weights.map(async (variable) =>
    fromFloat32(variable.originalName, variable.shape.map(Number), Float32Array.from(await variable.read().data())),
  );
  return encodeCheckpoint({
    identity: {architecture: 'tiny', operator: 'adder', dataset: 'cifar10', seed: '0', backend: 'wasm'},
    state: {
      epoch: 1,
      step: 2,
      score: {images: 40, lossSum: 92, top1Count: 4, top5Count: 20},
      epochSeconds: 1,
      seconds: 1,
      metrics: [],
    },
    model: await Promise.all(weights),
    optimizer: [],
  });
}

const RUN = {architecture: 'tiny', operator: 'adder', dataset: 'cifar10', classes: '10', image: '32x32x3', epoch: '3'};

describe('addernet export', () => {
  it("writes a run's weights under PyTorch's names, with what is known of them", async () => {
    const model = build('adder', 7);
    const run = await runOf('run', model, RUN);
    const output = inFolder('run.safetensors');
    const {code, stdout, stderr} = await inProcess('export', run, '--output', output);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toMatch(/tiny with adder, 10 classes, from layers-model: \d+ tensors, [\d,]+ values/);
    expect(stdout.trim().split('\n').at(-1)).toBe(output);
    const {tensors, metadata} = decodeSafetensors(readFileSync(output));
    expect(metadata).toEqual({...RUN, format: 'pt', normalization: '0.4914,0.4822,0.4465/0.2023,0.1994,0.201'});
    const filter = tensors.find(({name}) => name.endsWith('.adder'));
    // [out, in, height, width]
    expect(filter?.shape.slice(2)).toEqual([3, 3]);
    const other = build('adder', 8);
    loadSafetensors(other, readFileSync(output));
    expect(await valuesOf(other)).toEqual(await valuesOf(model));
  });

  it('writes what a run keeps to go on from, which can be evaluated, too', async () => {
    const model = build('adder', 5);
    const run = await runOf('going-on', model, RUN);
    const checkpoint = inFolder('epoch1-step2.safetensors');
    writeFileSync(checkpoint, await checkpointOf(model));
    const [ofRun, ofCheckpoint] = [inFolder('of-run.safetensors'), inFolder('of-checkpoint.safetensors')];
    expect((await inProcess('export', run, '--output', ofRun)).code).toBe(0);
    const {code, stdout} = await inProcess('export', checkpoint, '--output', ofCheckpoint);
    expect(code).toBe(0);
    expect(stdout).toContain('tiny with adder, 10 classes, from checkpoint');
    const tensors = (file: string) =>
      decodeSafetensors(readFileSync(file)).tensors.map((tensor) => [
        tensor.name,
        tensor.shape,
        [...toFloat32(tensor)],
      ]);
    expect(tensors(ofCheckpoint)).toEqual(tensors(ofRun));

    const evaluate = async (weights: string): Promise<{loss: number; weightsFormat: string}> => {
      const {stdout: json} = await inProcess(
        ...['evaluate', '--architecture', 'tiny', '--operator', 'adder', '--dataset', 'cifar10', '--backend', 'cpu'],
        ...['--data', 'synthetic', '--limit', '10', '--json', '--weights', weights],
      );
      return JSON.parse(json);
    };
    const loss = expect.any(Number);
    const measured = await evaluate(checkpoint);
    expect(measured).toMatchObject({weightsFormat: 'checkpoint', loss});
    expect(await evaluate(ofCheckpoint)).toMatchObject({weightsFormat: 'safetensors', loss: measured.loss});
  });

  it('takes from the command line what a file does not say, and writes prefix and step counts', async () => {
    const bare = inFolder('bare.safetensors');
    writeFileSync(bare, await saveSafetensors(build('conv', 3, 20)));
    const output = inFolder('wrapped.safetensors');
    const {code, stdout} = await inProcess(
      ...['export', bare, '--architecture', 'tiny', '--operator', 'conv', '--input', '32x32x3', '--classes', '20'],
      ...['--prefix', 'module.', '--num-batches-tracked', '5', '--output', output],
    );
    expect(code).toBe(0);
    expect(stdout).toContain('The file does not say how inputs were normalised');
    const {tensors} = decodeSafetensors(readFileSync(output));
    expect(tensors.every(({name}) => name.startsWith('module.'))).toBe(true);
    expect(tensors.filter(({name}) => name.endsWith('.num_batches_tracked')).length).toBeGreaterThan(0);
    const again = await inProcess('export', output, '--output', inFolder('again.safetensors'), '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({classes: 20, image: [32, 32, 3], from: 'safetensors'});
    expect(decodeSafetensors(readFileSync(inFolder('again.safetensors'))).tensors.map(({name}) => name)).toEqual(
      decodeSafetensors(readFileSync(bare)).tensors.map(({name}) => name),
    );
  });

  it('keeps what is there, unless told otherwise', async () => {
    const run = await runOf('kept', build('adder', 1), RUN);
    const output = inFolder('there.safetensors');
    writeFileSync(output, 'mine');
    const {code, stderr} = await inProcess('export', run, '--output', output);
    expect(code).toBe(2);
    expect(stderr).toContain(`${output} is there already; give --force`);
    expect(readFileSync(output, 'utf8')).toBe('mine');
    expect((await inProcess('export', run, '--output', output, '--force')).code).toBe(0);
    expect(decodeSafetensors(readFileSync(output)).metadata).toMatchObject(RUN);
  });

  it('refuses what it cannot do, and leaves no file', async () => {
    const run = await runOf('refused', build('adder', 1), RUN);
    const silent = await runOf('silent', build('adder', 1), {});
    const odd = await runOf('odd', build('adder', 1), {...RUN, image: '32'});
    const output = inFolder('none.safetensors');
    const refused = async (...args: string[]): Promise<string> => {
      const {code, stderr} = await inProcess('export', ...args);
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(await refused(run)).toMatch(/required option '-o, --output <file>' not specified/);
    expect(await refused(run, '-o', inFolder('weights.pth'))).toMatch(
      /expected a file name that ends in \.safetensors/,
    );
    expect(await refused(silent, '-o', output)).toMatch(
      /does not say of which architecture it is; expected --architecture=/,
    );
    expect(await refused(silent, '-o', output, '--architecture=tiny', '--operator=adder')).toMatch(
      /for which images and classes it is; expected --dataset=NAME, or --input=/,
    );
    expect(await refused(odd, '-o', output)).toMatch(/its metadata has image "32"; expected height x width x channels/);
    expect(await refused(run, '-o', output, '--operator=conv')).toMatch(/says operator adder; asked for conv/);
    expect(await refused(run, '-o', output, '--architecture=tinny')).toMatch(/did you mean "tiny"/);
    expect(await refused(run, '-o', output, '--classes=20')).toMatch(/the file has \[.*\]; the model expects/);
    expect(await refused(inFolder('nothing'), '-o', output)).toMatch(/there is no such file/);
    expect(await refused(run, '-o', inFolder('no-folder/x.safetensors'))).toMatch(/no-folder.*: cannot be written/);
    expect(existsSync(output)).toBe(false);
  });
});
