// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, it} from 'vitest';
import {findExperiments, locateExperiment, UsageError} from '../src/index.js';
import {temporaryFolder} from './support.js';

const folder = temporaryFolder();

function touch(...parts: string[]): string {
  const file = path.join(folder, ...parts);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, '');
  return file;
}

const direct = touch('mine.ts');
const here = touch('here', 'experiment.ts');
const nested = touch('experiments', 'depth', 'experiment.mts');
const inSource = touch('src', 'width', 'experiment.js');
const twice = touch('experiments', 'twice', 'experiment.ts');
touch('src', 'twice', 'experiment.ts');
touch('src', 'no-experiment', 'index.ts');
touch('node_modules', 'experiment.ts');

it('finds experiments by the names of their folders, the nearer first', () => {
  expect(findExperiments(folder)).toEqual([
    {name: 'depth', file: nested},
    {name: 'here', file: here},
    {name: 'twice', file: twice},
    {name: 'width', file: inSource},
  ]);
});

it('takes a file, a folder with an experiment, or a name', () => {
  expect(locateExperiment('mine.ts', folder)).toBe(direct);
  expect(locateExperiment('./mine.ts', folder)).toBe(direct);
  expect(locateExperiment(direct, '/')).toBe(direct);
  expect(locateExperiment('experiments/depth', folder)).toBe(nested);
  expect(locateExperiment('depth', folder)).toBe(nested);
  expect(locateExperiment('here', folder)).toBe(here);
});

it('names the experiments there are when one is not', () => {
  expect(() => locateExperiment('dept', folder)).toThrow(UsageError);
  expect(() => locateExperiment('dept', folder)).toThrow(
    /"dept" is neither a file nor a name .*valid names: depth, here, twice, width/,
  );
});
