// SPDX-License-Identifier: Apache-2.0
import {
  benchParts,
  kernelMeans,
  type KernelTime,
  layerHeading,
  layerLine,
  layerName,
} from '@addernet/conformance/bench';
import {benchMachine} from '@addernet/conformance/bench/node';
import {type Bundle, bundleWithVite} from '../harness/bundle.ts';
import {PageSession} from '../harness/page-session.ts';
import type {BenchPage} from '../pages/bench.ts';
import type {BenchStart} from '../pages/bench-layers.ts';
import type {Environment} from '../pages/environment.ts';
import type {BrowserBenchCommand} from './command.ts';
import type {BrowserBenchReport, SettingResult} from './report.ts';
import {type BenchSetting, type SettingName, SETTINGS} from './settings.ts';

/** Time limit of a part of a layer, ms: in software, a single call can take seconds. */
const LIMIT = 300_000;

export interface Output {
  /** A line of the results. */
  readonly print: (line: string) => void;
  /** What is being done. */
  readonly show: (what: string) => void;
}

/** One setting, in a Chromium of its own. What fails ends the setting and is said; what was measured before stays. */
async function benchSetting(
  key: SettingName,
  bundle: Bundle,
  command: BrowserBenchCommand,
  {print, show}: Output,
): Promise<{readonly result: SettingResult; readonly browser?: string}> {
  const {title, start, isolated, hasThreads = false}: BenchSetting = SETTINGS[key];
  const {shapes, parts, filter, variants, batch, rounds, budget} = command;
  const kernels: KernelTime[] = [];
  let environment: Environment = {};
  let browser: string | undefined;
  let failure: string | undefined;
  let name = title;
  show(`${key}: starting`);
  try {
    const page = await PageSession.open<BenchPage>(bundle, 'bench', {isolated});
    try {
      browser = page.browser;
      const request: BenchStart = hasThreads ? {...start, threads: command.threads} : start;
      environment = await page.call('start', request, 60_000);
      const {kernelThreads} = environment;
      if (kernelThreads !== undefined) name = `wasm, ${kernelThreads} ${kernelThreads === 1 ? 'thread' : 'threads'}`;
      print(
        `\n${name}: ${Object.entries(environment)
          .map(([key, value]) => `${key} ${value}`)
          .join(', ')}`,
      );
      for (const set of shapes) {
        for (const part of parts) {
          let headed = false;
          for (const [layer, shape] of set.layers.entries()) {
            if (!`${set.name} ${layerName(shape)}`.includes(filter)) continue;
            show(`${key}: ${set.name} ${layerName(shape)}, ${part}`);
            const request = {shapes: set.name, layer, part, variants, batch, rounds, budget};
            const times = await page.call('bench', request, LIMIT);
            const heading = benchParts.find((each) => each.name === part)?.title ?? part;
            if (!headed) print(layerHeading(heading, times));
            headed = true;
            print(layerLine(times));
            kernels.push(...times);
          }
        }
      }
    } finally {
      await page.close();
    }
  } catch (error) {
    [failure] = (error instanceof Error ? error.message : String(error)).split('\n');
    print(`${key}: not measured${kernels.length === 0 ? '' : ' to the end'}: ${failure ?? ''}`);
  }
  return {
    result: {
      ...{name, environment, kernels, means: kernelMeans(kernels)},
      ...(failure === undefined ? {} : {failure}),
    },
    ...(browser === undefined ? {} : {browser}),
  };
}

/** Times the kernels that the command asks for, one backend after the other. */
export async function runBrowserBench(command: BrowserBenchCommand, output: Output): Promise<BrowserBenchReport> {
  const machine = await benchMachine();
  const settings: SettingResult[] = [];
  let browser = 'none started';
  output.show('bundling');
  const bundle = await bundleWithVite('bench');
  try {
    for (const key of command.backends) {
      const measured = await benchSetting(key, bundle, command, output);
      settings.push(measured.result);
      browser = measured.browser ?? browser;
    }
  } finally {
    await bundle.close();
  }
  return {
    schema: 'addernet-browser-bench/1',
    ...machine,
    browser,
    shapes: command.shapes.map(({name}) => name),
    batch: command.batch,
    rounds: command.rounds,
    settings,
  };
}
