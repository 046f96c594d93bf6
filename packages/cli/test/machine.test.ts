// SPDX-License-Identifier: Apache-2.0
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {inProcess, temporaryFolder} from './support.js';

const folder = temporaryFolder();
const file = path.join(folder, 'a-file');
writeFileSync(file, '');
const isRoot = process.getuid?.() === 0;

function readOnlyFolder(name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made);
  chmodSync(made, 0o500);
  return made;
}

describe('doctor', () => {
  it('holds every backend against the reference and looks for data', async () => {
    const root = path.join(folder, 'data');
    const {code, stdout} = await inProcess('doctor', '--data-root', root, '--json');
    expect(code).toBe(0);
    const finding = (level: string, subject: string, detail: string): unknown =>
      expect.objectContaining({level, subject, detail: expect.stringContaining(detail)});
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        finding('ok', 'Node.js', process.versions.node),
        finding('ok', 'backend cpu', '@addernet/kernels-cpu'),
        finding('ok', 'backend cpu', 'adderConv2d agrees with the reference'),
        finding('ok', 'backend wasm', 'adderConv2d agrees with the reference'),
        finding('ok', 'data folder', root),
        finding('warning', 'data cifar100', `not in ${path.join(root, 'cifar-100-binary')}`),
      ]),
    );
  });

  it('ends with exit code 1 where something is wrong', async () => {
    const {code, stdout} = await inProcess('doctor', '--data-root', path.join(file, 'data'));
    expect(stdout).toMatch(/error +data folder +.*data: .*a-file is a file; expected a folder/);
    expect(code).toBe(1);
  });

  it.skipIf(isRoot)('warns of a data folder that cannot be written', async () => {
    const {code, stdout} = await inProcess('doctor', '--data-root', readOnlyFolder('data-read-only'));
    expect(stdout).toMatch(/warning +data folder +.*cannot be written; what is there is used/);
    expect(code).toBe(0);
  });
});

describe('an output folder that cannot be written', () => {
  const experiment = path.join(folder, 'experiment.mjs');
  const config = {datasets: ['cifar10'], architectures: ['tiny'], epochs: 1, data: 'synthetic', backend: 'cpu'};
  writeFileSync(experiment, `export default ${JSON.stringify({name: 'x', description: 'x', config})};\n`);

  it('because a file is in the way', async () => {
    const {code, stderr} = await inProcess('run', experiment, `--output=${path.join(file, 'runs')}`);
    expect(stderr).toBe(`error: output folder ${file}: this is a file; expected a folder or a free name\n`);
    expect(code).toBe(1);
  });

  it.skipIf(isRoot)('because it is read-only', async () => {
    const {code, stderr} = await inProcess('run', experiment, `--output=${readOnlyFolder('runs-read-only')}`);
    expect(stderr).toMatch(/no permission to write there; choose another folder with --output/);
    expect(code).toBe(1);
  });
});
