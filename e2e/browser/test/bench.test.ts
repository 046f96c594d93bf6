// SPDX-License-Identifier: Apache-2.0
import {benchParts, type KernelTime, kernelMeans} from '@addernet/conformance/bench';
import {describe, expect, it} from 'vitest';
import {readCommand} from '../bench/command.ts';
import {renderBenchMarkdown} from '../bench/markdown.ts';
import {renderBenchPage} from '../bench/page.ts';
import type {BrowserBenchReport} from '../bench/report.ts';
import {runBrowserBench} from '../bench/run-bench.ts';
import {describeInChromium} from '../harness/describe-in-chromium.ts';

describe('the command of the bench', () => {
  it('has defaults and takes parts of everything', () => {
    expect(readCommand([])).toMatchObject({
      backends: ['cpu', 'wasm', 'wasm-threads', 'webgl', 'webgpu'],
      parts: ['forward', 'input-gradient', 'filter-gradient'],
      shapes: [{name: 'resnet20'}],
      help: false,
    });
    expect(readCommand(['--backends=webgl,cpu', '--parts=forward', '--batch=4', '--seconds=2'])).toMatchObject({
      ...{backends: ['cpu', 'webgl'], parts: ['forward'], batch: 4, budget: 2000},
    });
  });

  it.each([
    ['--backends=cuda', '--backends=cuda: expected some of cpu, wasm, wasm-threads, webgl, webgpu'],
    ['--rounds=0', '--rounds=0: expected an integer of at least 1'],
    ['--speed=1', "Unknown option '--speed'"],
  ])('refuses %s', (argument, message) => {
    expect(() => readCommand([argument])).toThrow(message);
  });
});

/** Made-up times: nothing made from them may leave the tests. */
const kernels: readonly KernelTime[] = benchParts.flatMap(({name: part, kernels: own, baselines: [baseline = '']}) =>
  own.map(({title: kernel}, index) => ({
    ...{part, shapes: 'resnet20', layer: '8×8×64 → 64, 3×3', batch: 2, kernel, baseline},
    ...{milliseconds: 1 + index, baselineMilliseconds: 2, rounds: 5, gigaTaps: 3},
    ...{ratio: (1 + index) / 2, spread: [0.4 * (1 + index), 0.6 * (1 + index)] as const},
  })),
);
const report: BrowserBenchReport = {
  schema: 'addernet-browser-bench/1',
  date: '2026-01-31T12:00:00.000Z',
  commit: '0123456789abcdef',
  machine: {processor: 'a <processor>', cores: 2, memoryBytes: 8e9, platform: 'linux-x64', load: 0.5},
  browser: 'Chromium 1.2.3',
  shapes: ['resnet20'],
  batch: 2,
  rounds: 5,
  settings: [
    {name: 'webgl', environment: {renderer: 'SwiftShader | software'}, kernels, means: kernelMeans(kernels)},
    {name: 'webgpu', environment: {}, failure: 'no adapter', kernels: [], means: []},
  ],
};

describe('the results of the bench', () => {
  it('are a page of its own, with every number, what drew, and what is missing', async () => {
    const text = await renderBenchPage(report);
    expect(text).not.toMatch(/<script|<link|src=/u);
    expect(text).toContain('a &lt;processor>');
    expect(text).toContain('webgl ran in software: SwiftShader | software.');
    expect(text).toContain(
      'webgl. adder: forward 0.50, input gradient 0.50, filter gradient 0.50; conv: forward 1.00,',
    );
    expect(text).toContain('webgpu. not measured: no adapter.');
    expect(text.match(/0\.50 \(0\.40–0\.60\)/gu)).toHaveLength(3);
    expect(text.match(/<figure>/gu)).toHaveLength(1);
    expect(await renderBenchPage(report)).toBe(text);
  });

  it('are tables in Markdown', () => {
    const text = renderBenchMarkdown(report);
    expect(text).toContain('| webgl | adder | forward | Conv2D | 1 | 0.50 | 0.50–0.50 | – |');
    expect(text).toContain('| 8×8×64 → 64, 3×3 | forward | adder | 1.00 | Conv2D | 2.00 | 0.50 (0.40–0.60) |');
    expect(text).toContain('| webgl | renderer SwiftShader \\| software |');
    expect(text).toContain('> **webgl ran in software');
  });
});

describeInChromium('the bench in Chromium', () => {
  it('times kernels against TF.js’s own, in a page and on the threads of a worker', {timeout: 120_000}, async () => {
    const lines: string[] = [];
    const command = readCommand([
      ...['--backends=cpu,wasm-threads', '--filter=8×8×64', '--parts=filter-gradient', '--batch=1', '--rounds=1'],
      ...['--threads=2', '--seconds=1'],
    ]);
    const measured = await runBrowserBench(command, {print: (line) => lines.push(line), show: () => undefined});
    expect(measured.browser).toMatch(/^Chromium \d/u);
    expect(measured.settings.map(({name, failure}) => [name, failure])).toEqual([
      ['cpu', undefined],
      ['wasm, 2 threads', undefined],
    ]);
    const [cpu, threads] = measured.settings;
    expect(threads?.environment).toMatchObject({memory: 'shared', kernelThreads: 2, isolated: true});
    for (const setting of [cpu, threads]) {
      expect(setting?.kernels.map(({kernel}) => kernel)).toEqual(['adder full', 'conv']);
      for (const {ratio, milliseconds} of setting?.kernels ?? []) {
        expect(ratio).toBeGreaterThan(0);
        expect(milliseconds).toBeGreaterThan(0);
      }
    }
    // TF.js has none on wasm, and what kernels-wasm adds is not TF.js's.
    expect(cpu?.kernels[0]?.baseline).toBe('Conv2DBackpropFilter');
    expect(threads?.kernels[0]?.baseline).toBe('Conv2D');
    expect(lines.join('\n')).toContain('8×8×64 → 64, 3×3');
  });
});
