// SPDX-License-Identifier: Apache-2.0
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {inProcess, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const file = path.join(folder, 'experiment.mjs');
const output = path.join(folder, 'runs');
const definition = {
  name: 'plain',
  description: 'plain object',
  config: {datasets: ['cifar10'], architectures: ['tiny'], epochs: 1, data: 'synthetic'},
  variants: {smoke: {epochs: 1}},
};

function write(name: string, text: string): string {
  const written = path.join(folder, name);
  mkdirSync(path.dirname(written), {recursive: true});
  writeFileSync(written, text);
  return written;
}

const defaultExport = (value: unknown): string => `export default ${JSON.stringify(value)};\n`;

beforeAll(() => {
  write('experiment.mjs', defaultExport(definition));
});

const run = (...args: string[]): ReturnType<typeof inProcess> => inProcess('run', file, `--output=${output}`, ...args);

describe('what is wrong with a command line ends with exit code 2 and says what would be right', () => {
  it.each([
    ['an unknown command', ['nonsense'], /unknown command 'nonsense'/],
    ['no command', [], /Usage: addernet/],
    ['an unknown option', ['list', '--plugins'], /unknown option '--plugins'[^]*Did you mean --plugin\?/],
    ['no experiment', ['run'], /missing required argument 'experiment'/],
    [
      'overrides before the experiment',
      ['run', '--epochs=2', 'cifar10'],
      /given "--epochs=2" first, expected an experiment's file or name/,
    ],
    [
      'a missing required option',
      ['evaluate', '--operator', 'adder'],
      /required option '--architecture <name>' not specified/,
    ],
    [
      'a value outside the choices',
      ['evaluate', '--data', 'internet'],
      /Allowed choices are auto, official, synthetic/,
    ],
    [
      'a normalization',
      ['evaluate', '--normalization', '0.5/0'],
      /given "0.5\/0", expected imagenet, or MEAN\/STD such as 0.4914/,
    ],
    ['a count of 0', ['evaluate', '--limit', '0'], /given "0", expected an integer ≥ 1/],
    ['a count that is no number', ['evaluate', '--batch-size', '2e2x'], /given "2e2x", expected an integer ≥ 1/],
  ])('%s', async (_what, args, message) => {
    const {code, stdout, stderr} = await inProcess(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it.each([
    ['operator', ['--operators=adderr'], /unknown operator "adderr"; did you mean "adder"\?; valid: conv, adder/],
    ['architecture', ['--architectures=resnet21'], /unknown architecture "resnet21".*valid: .*resnet20, .*vgg-small/],
    ['dataset', ['--datasets=imagenet'], /unknown dataset "imagenet"; valid: cifar10, cifar100, mnist/],
    ['backend', ['--backend=cuda'], /unknown backend "cuda".*valid: cpu, wasm/],
    ['variant', ['--variant=papers'], /unknown variant "papers"; valid: smoke/],
    ['field', ['--epoch=2'], /epoch: given an unknown field, expected --epochs\?/],
    ['field of a group', ['--optimizer=sgd'], /expected one of its fields: --optimizer\.learning-rate/],
    ['value', ['--epochs=many'], /epochs \(--epochs\): given 'many', expected an integer ≥ 1/],
    [
      'value of a nested field',
      ['--optimizer.momentum=1.5'],
      /optimizer\.momentum \(.*\): given 1\.5, expected a number in \[0, 1\)/,
    ],
    ['number of seeds', ['--seeds=123456'], /one seed: --seed=123456/],
    ['word', ['fast'], /given 'fast', expected an override such as --epochs=2/],
    ['plugin file', ['--plugins=./nowhere.js'], /plugin "\.\/nowhere\.js": no such file; looked for .*nowhere\.js/],
    ['plugin package', ['--plugins=addernet-nowhere'], /plugin "addernet-nowhere": no such package/],
  ])('run with a wrong %s', async (_what, args, message) => {
    const {code, stderr} = await run(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });

  it('evaluate with unknown names', async () => {
    const options = {architecture: 'tiny', operator: 'adder', dataset: 'cifar10', backend: 'cpu', weights: folder};
    const evaluate = (changed: Partial<typeof options>): ReturnType<typeof inProcess> =>
      inProcess('evaluate', ...Object.entries({...options, ...changed}).flatMap(([key, value]) => [`--${key}`, value]));
    expect(await evaluate({architecture: 'tinny'})).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean "tiny"?'),
    });
    expect(await evaluate({operator: 'shift'})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('valid: conv, adder'),
    });
    expect(await evaluate({dataset: 'cifar'})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('valid: cifar10, cifar100, mnist'),
    });
    expect(await evaluate({backend: 'webgl'})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('valid: cpu, wasm'),
    });
    expect(await evaluate({weights: path.join(folder, 'none')})).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no such file; expected a weights file or a run's folder"),
    });
  });
});

describe("an experiment's file", () => {
  it('that is not there names the experiments that are', async () => {
    const {code, stderr} = await inProcess('run', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /no such experiment: "nowhere" is neither a file nor a name below .*; no experiments were found in/,
    );
  });

  it.each([
    [
      'of the wrong type',
      {...definition, config: {...definition.config, epochs: 'three'}},
      /epochs \(config\): given 'three', expected an integer ≥ 1/,
    ],
    [
      'with an unknown field',
      {...definition, config: {...definition.config, optimiser: {momentum: 0.9}}},
      /optimiser \(config\): given an unknown field, expected optimizer/,
    ],
    [
      'in a variant',
      {...definition, variants: {smoke: {schedule: {kind: 'linear'}}}},
      /schedule\.kind \(variant 'smoke'\): given 'linear', expected 'cosine', 'step' or 'constant'/,
    ],
    [
      'that says no datasets',
      {...definition, config: {architectures: ['tiny'], epochs: 1}},
      /datasets.*: given nothing, expected a list of one or more/,
    ],
    ['that is no experiment', 42, /given 42, expected an experiment: export default defineExperiment/],
  ])('%s names file, path, what was given and what is expected', async (what, value, message) => {
    const wrong = write(`${what.replaceAll(/\W+/g, '-')}.mjs`, defaultExport(value));
    const {code, stderr} = await inProcess('run', wrong, `--output=${output}`);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(wrong);
    expect(code).toBe(2);
  });

  it('that cannot be imported says why, and with --debug where', async () => {
    const broken = write('broken.mjs', 'throw new Error("no such luck");\n');
    const plain = await inProcess('run', broken);
    expect(plain).toMatchObject({code: 2, stderr: `error: ${broken}: cannot be imported: no such luck\n`});
    const {stderr} = await inProcess('run', broken, '--debug');
    expect(stderr).toContain('broken.mjs:1');
  });
});

it('prints help and version to standard output, with exit code 0', async () => {
  for (const command of ['run', 'list', 'evaluate', 'doctor']) {
    const {code, stdout, stderr} = await inProcess(command, '--help');
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout).toContain(`Usage: addernet ${command}`);
  }
  const {stdout} = await inProcess('run', '--help');
  for (const flag of ['--epochs', '--optimizer.learning-rate', '--seeds', '--data '])
    expect(stdout).toContain(`  ${flag}`);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  expect((await inProcess('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/);
});
