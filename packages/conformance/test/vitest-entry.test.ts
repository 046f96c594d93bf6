// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';

interface ReportedTest {
  readonly title: string;
  readonly ancestorTitles: readonly string[];
  readonly status: string;
  readonly failureMessages: readonly string[];
}

interface Report {
  readonly numFailedTests: number;
  readonly testResults: readonly {readonly name: string; readonly assertionResults: readonly ReportedTest[]}[];
}

/** What vitest reports of the fixtures, run in a process of their own: some are meant to fail. */
function runFixtures(): Report {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const config = join(import.meta.dirname, 'fixtures', 'vitest.config.ts');
  const folder = mkdtempSync(join(tmpdir(), 'addernet-conformance-'));
  try {
    const outputFile = join(folder, 'report.json');
    const {stdout, stderr, status} = spawnSync(
      process.execPath,
      [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${outputFile}`],
      {encoding: 'utf8'},
    );
    if (status !== 1)
      throw new Error(`vitest exited with ${status}; expected 1, for failed tests:\n${stdout}\n${stderr}`);
    return JSON.parse(readFileSync(outputFile, 'utf8')) as Report;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

describe('describeKernelConformance', () => {
  let tests: readonly (ReportedTest & {file: string})[] = [];
  beforeAll(() => {
    tests = runFixtures().testResults.flatMap(({name, assertionResults}) =>
      assertionResults.map((test) => ({...test, file: name})),
    );
  });
  const of = (fixture: string) => tests.filter(({file}) => file.includes(fixture));
  const rule = (name: string) => of('wrong-kernel').find(({title}) => title.startsWith(`${name}:`));

  it('makes a describe per op and an it per rule', () => {
    const conformance = of('wrong-kernel').filter(({ancestorTitles}) => ancestorTitles.length === 2);
    const titles = conformance.map(({title}) => title.split(':')[0]);
    expect(titles).toEqual(
      [
        'kernels-in-use',
        'shape-and-dtype',
        'error-bound',
        'bit-equality',
        'non-finite',
        'finite-differences',
        'single-gradient',
        'inputs-intact',
        'determinism',
        'leaks',
      ].filter((title) => titles.includes(title)),
    );
    expect(titles.length).toBeGreaterThanOrEqual(8);
    expect(
      conformance.every(({ancestorTitles}) => ancestorTitles.join() === "kernels on 'throwaway' (own),AdderConv2D"),
    ).toBe(true);
  });

  it('fails the rules that a wrong kernel breaks, and says where; passes the others', () => {
    expect(rule('error-bound')?.status).toBe('failed');
    expect(rule('error-bound')?.failureMessages[0]).toMatch(
      /output y: \d+ of \d+ elements differ[^]*case AdderConv2D\/stride-/u,
    );
    for (const name of ['kernels-in-use', 'shape-and-dtype', 'inputs-intact', 'determinism', 'leaks']) {
      expect(rule(name)?.status, name).toBe('passed');
    }
  });

  it('restores the backend', () => {
    expect(of('wrong-kernel').find(({title}) => title === 'the previous backend is current again')?.status).toBe(
      'passed',
    );
  });

  it('applies exclusions', () => {
    expect(rule('bit-equality')?.status).toBe('passed');
  });

  it('fails where the backend is missing, and skips there only when told to', () => {
    const [failing, skipping] = of('missing-backend');
    expect(failing?.status).not.toBe('passed');
    expect(skipping?.status).toMatch(/skipped|pending/u);
    const {ancestorTitles = []} = skipping ?? {};
    expect(ancestorTitles[0]).toBe("kernels on 'webgpu'");
  });
});
