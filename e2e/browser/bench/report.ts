// SPDX-License-Identifier: Apache-2.0
import {type BenchReport, benchParts, type KernelMean, type KernelTime} from '@addernet/conformance/bench';
import type {Environment} from '../pages/environment.ts';

/** What the bench in Chromium writes as JSON. All times are in milliseconds, on the clock; every ratio is a time divided by TF.js's of the same rounds, so below 1 is faster. */
export interface BrowserBenchReport extends Pick<BenchReport, 'date' | 'commit' | 'machine'> {
  readonly schema: 'addernet-browser-bench/1';
  /** E.g. 'Chromium 140.0.7339.80'. */
  readonly browser: string;
  /** Names of shape sets. */
  readonly shapes: readonly string[];
  /** Images per call. */
  readonly batch: number;
  /** At most. */
  readonly rounds: number;
  readonly settings: readonly SettingResult[];
}

/** A backend in a page of a kind. */
export interface SettingResult {
  readonly name: string;
  /** What the backend runs on; empty where it did not start. */
  readonly environment: Environment;
  /** Why it was not measured, or not to the end. */
  readonly failure?: string;
  readonly kernels: readonly KernelTime[];
  readonly means: readonly KernelMean[];
}

const SOFTWARE = /swiftshader|llvmpipe|software/iu;

/** What a GPU's backend draws with: WebGL's renderer or WebGPU's adapter. */
const rendererOf = ({environment}: SettingResult): string | undefined => {
  const name = environment['renderer'] ?? environment['adapter'];
  return name === undefined ? undefined : String(name);
};

/** Settings whose GPU is imitated by the processor. */
const softwareSettings = ({settings}: BrowserBenchReport): readonly SettingResult[] =>
  settings.filter((setting) => setting.kernels.length > 0 && SOFTWARE.test(rendererOf(setting) ?? ''));

const PARTS = {
  forward: 'forward',
  'input-gradient': 'input gradient',
  'filter-gradient': 'filter gradient',
} as const satisfies Record<KernelTime['part'], string>;

export const partText = (part: KernelTime['part']): string => PARTS[part];

const factor = (value: number): string => value.toFixed(2);

export const rangeText = ([low, high]: readonly [number, number]): string => `${factor(low)}–${factor(high)}`;

/** '0.94 (0.59–1.37)'. */
export const ratioText = ({ratio, spread}: Pick<KernelTime, 'ratio' | 'spread'>): string =>
  `${factor(ratio)} (${rangeText(spread)})`;

/** Whose default the kernel is; undefined for others, such as the adder's gradients by sign. */
export const operatorOf = ({part, kernel}: Pick<KernelTime, 'part' | 'kernel'>): 'adder' | 'conv' | undefined =>
  benchParts.find(({name}) => name === part)?.kernels.find(({title}) => title === kernel)?.operator;

const OPERATORS = ['adder', 'conv'] as const;

/** What was found, a sentence for each setting. */
export const sentences = ({settings}: BrowserBenchReport): readonly string[] =>
  settings.map(({name, means, failure}) => {
    const several = new Set(means.map(({shapes}) => shapes)).size > 1;
    const found = OPERATORS.flatMap((operator) => {
      const own = means.filter((mean) => operatorOf(mean) === operator && (mean.shapes === 'all') === several);
      const parts = own.map(({part, ratio}) => `${partText(part)} ${factor(ratio)}`);
      return parts.length === 0 ? [] : [`${operator}: ${parts.join(', ')}`];
    });
    const missing = failure === undefined ? [] : [`not measured${found.length === 0 ? '' : ' to the end'}: ${failure}`];
    return `${name}. ${[...found, ...missing].join('; ')}.`;
  });

/** How the numbers came about. */
export const METHOD =
  'Time of one call of Addernet’s kernel over that of TensorFlow.js’s own for the same work of the convolution, on the same backend in the same page: medians over rounds in which all kernels ' +
  'take turns, every other round backwards, with first and third quartile. A sample is as many calls as take 50 ms, and ends when the backend has done them all. ' +
  'Below 1, Addernet’s is faster. Where TensorFlow.js has no kernel, as for the filter gradient on wasm, its forward pass stands in, which takes as many multiplications.';

/** What stands with the times of GPUs that are none. */
export const softwareWarning = (report: BrowserBenchReport): string | undefined => {
  const software = softwareSettings(report);
  if (software.length === 0) return undefined;
  const renderers = [...new Set(software.map((setting) => rendererOf(setting) ?? ''))].join('; ');
  return (
    `${software.map(({name}) => name).join(' and ')} ran in software: ${renderers}. These times show that the kernels run and how they compare when the processor ` +
    'imitates a GPU; on a GPU they will be others.'
  );
};
