// SPDX-License-Identifier: Apache-2.0
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {createModel} from '@addernet/zoo';
import {saveSafetensors} from '@addernet/zoo/pytorch';
import {beforeAll, describe, expect, it} from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {readWeights, WeightsFileError, WeightsMismatchError} from '@addernet/runner';
import {weightFormats} from '../src/weight-formats.js';
import {inProcess, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const build = (operator: string) => createModel('tiny', {operator, numClasses: 10, inputShape: [32, 32, 3], seed: 1});
const torchFile = (name: string): Uint8Array =>
  readFileSync(new URL(`../../zoo/test/fixtures/torch/torch-2.13-${name}.pth`, import.meta.url));
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
};

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const evaluate = (weights: string, ...further: string[]): ReturnType<typeof inProcess> =>
  inProcess(
    ...['evaluate', '--architecture', 'tiny', '--operator', 'adder', '--dataset', 'cifar10', '--backend', 'cpu'],
    ...['--data', 'synthetic', '--limit', '20', '--weights', weights, ...further],
  );

describe('files of PyTorch and safetensors', () => {
  it('a safetensors file is evaluated, with the normalisation that it names', async () => {
    const metadata = {architecture: 'tiny', operator: 'adder', normalization: '0.5,0.5,0.5/0.25,0.25,0.25'};
    const file = write('tiny.safetensors', await saveSafetensors(build('adder'), {metadata}));
    const {code, stdout} = await evaluate(file, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      images: 20,
      weightsFormat: 'safetensors',
      normalization: {mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], from: 'weights'},
    });
    const asked = await evaluate(file, '--normalization', 'imagenet');
    expect(asked.stdout).toContain('normalized by mean/std 0.485,0.456,0.406/0.229,0.224,0.225\n');
  });

  it('weights of another operator are refused by what the file says, or else by their names', async () => {
    const said = write('said.safetensors', await saveSafetensors(build('conv'), {metadata: {operator: 'conv'}}));
    expect((await evaluate(said)).stderr).toContain('the file says operator conv; asked for adder');
    const unsaid = write('unsaid.safetensors', await saveSafetensors(build('conv')));
    const {stderr, code} = await evaluate(unsaid);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`weights file ${unsaid} does not fit tiny with operator adder and 10 classes`);
    expect(stderr).toContain("the model's operator is the adder; the file's is not");
  });

  it('a PyTorch file of another model is refused with its names', async () => {
    const file = write('other.pth', torchFile('zip'));
    const {stderr} = await evaluate(file);
    expect(stderr).toContain(`weights file ${file} does not fit tiny with operator adder and 10 classes`);
    expect(stderr).toMatch(/unexpected: transposed; strided; parameter/);
  });

  it('a file that does not fit is refused with every name, however many', () => {
    const names = Array.from({length: 40}, (_, index) => `layer${index}.weight`);
    const error = new WeightsMismatchError('a.pth', 'tiny', names, [], []);
    expect(error.message).toContain(`40 missing: ${names.join('; ')}`);
  });

  it('a state dict under a name of its own is found where it is said to be', async () => {
    const own = Buffer.from(torchFile('legacy'));
    own.write('model_ema_', own.indexOf('state_dict'));
    const file = write('own.pth', own);
    expect((await evaluate(file)).stderr).toContain('say which with stateDict (on the command line --state-dict)');
    expect((await evaluate(file, '--state-dict', 'nothing')).stderr).toContain("no state dict under 'nothing'");
    // Found: what is in it is another model's.
    expect((await evaluate(file, '--state-dict', 'model_ema_')).stderr).toContain('does not fit tiny');
    const other = write('no-place.safetensors', await saveSafetensors(build('adder')));
    expect((await evaluate(other, '--state-dict', 'model_ema_')).stderr).toContain('expected a PyTorch state dict');
  });

  it('a file that is unsafe or damaged is refused before anything else is loaded', async () => {
    const read = (file: string) => readWeights(file, weightFormats());
    const whole = write('whole.pt', torchFile('whole-module'));
    await expect(read(whole)).rejects.toThrow(WeightsFileError);
    await expect(read(whole)).rejects.toThrow(/its pickle names torch\.nn\.modules\.container\.Sequential/);
    await expect(read(write('cut.th', torchFile('legacy').subarray(0, -9)))).rejects.toThrow(/truncated or damaged/);
    await expect(read(write('cut.safetensors', Uint8Array.of(1, 2, 3)))).rejects.toThrow(/safetensors: 3 bytes/);
    await expect(read(write('none.pth', Uint8Array.of(1, 2, 3)))).rejects.toThrow(
      /its format is not known; expected .*\.json\); a checkpoint of a run \(\.safetensors\); a PyTorch state dict \(\.pth, \.pt, \.th\); safetensors/,
    );
  });

  it('errors name the file and the model', async () => {
    const file = write('tiny-conv.safetensors', await saveSafetensors(build('conv')));
    const read = await readWeights(file, weightFormats());
    expect(() => read.apply?.(build('adder'), 'a model')).toThrow(WeightsMismatchError);
  });
});
