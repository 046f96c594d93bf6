// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fromFloat32} from '@addernet/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import {WeightsFileError, applyWeights, encodeCheckpoint, readWeights} from '../src/index.js';
import {readText, temporaryFolder} from './temporary-folder.js';
import {build, saveIn} from './weights-fixtures.js';

const folder = temporaryFolder();
const save = saveIn(folder);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('weights files', () => {
  it('round-trip by name, and TF.js reads what we write', async () => {
    const model = build();
    const file = await save('round-trip', model, {architecture: 'small'});
    const read = await readWeights(file);
    expect(read).toMatchObject({format: 'layers-model', metadata: {architecture: 'small'}});
    expect(read.weights.map(({name}) => name)).toEqual(model.weights.map(({originalName}) => originalName));

    const other = build(6, 99);
    const before = tf.memory().numTensors;
    applyWeights(other, read, {file, title: 'small'});
    expect(tf.memory().numTensors).toBe(before);
    const values = (of: tfl.LayersModel): number[][] => of.getWeights().map((weight) => [...weight.dataSync()]);
    expect(values(other)).toEqual(values(model));

    const json: {modelTopology: object; weightsManifest: tf.io.WeightsManifestConfig} = JSON.parse(readText(file));
    const loaded = await tfl.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0]?.weights ?? [],
        weightData: new Uint8Array(readFileSync(path.join(path.dirname(file), 'weights.bin'))).buffer,
      }),
    );
    expect(values(loaded)).toEqual(values(model));
  });

  it('can be checkpoints of runs, which say what they are of', async () => {
    const bytes = encodeCheckpoint({
      identity: {architecture: 'small', operator: 'plain'},
      state: {
        epoch: 1,
        step: 0,
        score: {images: 0, lossSum: 0, top1Count: 0, top5Count: 0},
        epochSeconds: 0,
        seconds: 0,
        metrics: [],
      },
      model: [fromFloat32('a/kernel', [2], Float32Array.of(1, -2))],
      optimizer: [fromFloat32('a/kernel/momentum', [2], Float32Array.of(3, 4))],
    });
    const file = path.join(folder, 'best.safetensors');
    writeFileSync(file, bytes);
    expect(await readWeights(file)).toEqual({
      format: 'checkpoint',
      metadata: {architecture: 'small', operator: 'plain'},
      weights: [{name: 'a/kernel', shape: [2], values: Float32Array.of(1, -2)}],
    });
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(readWeights(file)).rejects.toThrow(WeightsFileError);
    await expect(readWeights(file)).rejects.toThrow(/the file was altered/);
  });

  it('can be given as folder, model.json or weights.bin', async () => {
    const file = await save('given', build());
    const read = await readWeights(file);
    expect(await readWeights(path.dirname(file))).toEqual(read);
    expect(await readWeights(path.join(path.dirname(file), 'weights.bin'))).toEqual(read);
  });

  it('reads shards and quantised weights', async () => {
    const model = build();
    const file = await save('shards', model);
    const json = JSON.parse(readText(file));
    const bytes = readFileSync(path.join(path.dirname(file), 'weights.bin'));
    writeFileSync(path.join(path.dirname(file), 'part1'), bytes.subarray(0, 101));
    writeFileSync(path.join(path.dirname(file), 'part2'), bytes.subarray(101));
    json.weightsManifest[0].paths = ['part1', 'part2'];
    writeFileSync(file, JSON.stringify(json));
    expect((await readWeights(file)).weights[0]?.values).toEqual(
      Float32Array.from(model.getWeights()[0]?.dataSync() ?? []),
    );

    const quantised = {
      modelTopology: {},
      weightsManifest: [
        {
          paths: ['q'],
          weights: [{name: 'a', shape: [3], dtype: 'float32', quantization: {dtype: 'uint8', scale: 0.5, min: -1}}],
        },
      ],
    };
    writeFileSync(path.join(folder, 'q'), Uint8Array.of(0, 2, 10));
    writeFileSync(path.join(folder, 'q.json'), JSON.stringify(quantised));
    expect([...((await readWeights(path.join(folder, 'q.json'))).weights[0]?.values ?? [])]).toEqual([-1, 0, 4]);
  });

  it('says what is wrong with a file', async () => {
    const failing = async (file: string, text: string): Promise<void> => {
      await expect(readWeights(file), file).rejects.toThrow(WeightsFileError);
      await expect(readWeights(file), file).rejects.toThrow(text);
    };
    await failing(path.join(folder, 'nowhere.json'), 'there is no such file; expected a weights file');
    mkdirSync(path.join(folder, 'empty'));
    await failing(path.join(folder, 'empty'), 'there is no such file');

    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    await failing(write('zero.json', ''), 'the file is empty; expected');
    await failing(
      write('some.pth', Uint8Array.of(0x50, 0x4b, 3, 4)),
      "its format is not known; expected TF.js's model.json",
    );
    await failing(write('cut.json', '{"modelTopology": {"class'), 'not JSON, or truncated');
    await failing(write('other.json', '{"name": "a package"}'), 'not a TF.js model.json: weightsManifest');
    await failing(
      write('graph.json', JSON.stringify({format: 'graph-model', weightsManifest: [{paths: ['x'], weights: []}]})),
      'its format is "graph-model"; expected "layers-model"',
    );
    await failing(
      write('escape.json', JSON.stringify({weightsManifest: [{paths: ['../../etc/passwd'], weights: []}]})),
      'leaves the folder',
    );

    const truncated = await save('truncated', build());
    const binary = path.join(path.dirname(truncated), 'weights.bin');
    const full = readFileSync(binary).byteLength;
    truncateSync(binary, full - 5);
    await failing(truncated, `its weights are ${full - 5} bytes; expected ${full}: the file is truncated`);
    writeFileSync(binary, new Uint8Array(full + 8));
    await failing(truncated, 'the file belongs to another model.json');
    const values = new Float32Array(full / 4);
    values[1] = NaN;
    writeFileSync(binary, new Uint8Array(values.buffer));
    await failing(truncated, 'conv1/kernel holds 1 values that are NaN or infinite, of 162');
  });
});
