// SPDX-License-Identifier: Apache-2.0
import {opRecords} from '@addernet/conformance';
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {beforeAll, describe, expect, it} from 'vitest';

/** SwiftShader as Debian's Chromium brings it, with the Vulkan loader beside it: an adapter on machines without a GPU, alike everywhere. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

interface Report {
  readonly unavailable?: string;
  readonly details?: Readonly<Record<string, string>>;
  readonly ops?: readonly string[];
  readonly passed?: number;
  readonly failures?: string;
  readonly spread?: readonly string[];
  readonly lost?: string;
}

async function runDawn(env: Readonly<Record<string, string>>, every: number): Promise<Report> {
  const script = fileURLToPath(new URL('dawn-process.ts', import.meta.url));
  const {stdout} = await promisify(execFile)(
    process.execPath,
    ['--conditions=@addernet/source', '--import', import.meta.resolve('tsx'), script, String(every)],
    {env: {...process.env, ...env}, timeout: 240_000},
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const inCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';

describe("webgpu in Node, on npm's package webgpu", () => {
  let report: Report;
  beforeAll(async () => {
    const env: Record<string, string> = existsSync(SWIFTSHADER)
      ? {VK_ICD_FILENAMES: SWIFTSHADER, LD_LIBRARY_PATH: path.dirname(SWIFTSHADER)}
      : {};
    // Coprime to 6, the number of pairs of gradient attributes that the adder's cases go through in turn.
    report = await runDawn(env, 67);
  }, 250_000);

  it('passes a part of the conformance kit', ({skip}) => {
    if (report.unavailable !== undefined && !inCi) skip(report.unavailable);
    console.log(JSON.stringify(report));
    expect(report.unavailable).toBeUndefined();
    expect(report.details).toMatchObject({runtime: 'Dawn in Node', adapter: expect.stringMatching(/\w/)});
    expect(report.failures).toBe('');
    expect(report.ops).toEqual(opRecords.map(({name}) => name));
    expect(report.passed).toBeGreaterThan(100);
    expect(report.spread).toEqual([]);
    expect(report.lost).toMatch(
      /^WebgpuDeviceLostError: AdderConv2D: backend 'webgpu' has lost its device \(destroyed/,
    );
  });

  it('says what to install and to set where there is no adapter', async () => {
    const {unavailable} = await runDawn({VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json'}, 1);
    expect(unavailable).toMatch(/(finds no adapter|there is no libvulkan).*VK_ICD_FILENAMES=/);
  });
});
