// SPDX-License-Identifier: Apache-2.0
import type * as tf from '@tensorflow/tfjs-core';
import {benchAwaitedKernels, type BenchLayer} from '../awaited.js';
import {benchBatchNorm} from '../batch-norm.js';
import {benchKernels, type KernelBenchOptions, kernelMeans, tfjsKernels} from '../bench-kernels.js';
import type {KernelsByName} from '../layer-calls.js';
import type {BenchReport, KernelTime, ModelMemory, ModelTime, ReplacementTime} from '../report.js';
import {
  batchNormTable,
  layerHeading,
  layerLine,
  meansTable,
  memoryTable,
  modelTable,
  replacementTable,
} from '../tables.js';
import {benchEnvironment} from './environment.js';
import {type BenchCommand, readCommand, USAGE} from './options.js';
import {showProgress} from './progress.js';
import {writeWhole} from './write-whole.js';

export {benchMachine} from './environment.js';
export {atLeastOne, type BenchCommand, chosen, type Section} from './options.js';
export {showProgress} from './progress.js';
export {writeWhole} from './write-whole.js';

type Progress = (what: string) => void;

/** What is a bench's own: a backend, its kernels, and what to measure besides them. */
export interface BenchProgram<Model extends string = string> {
  /** What it measures: the first line of its help. */
  readonly title: string;
  /** Starts TF.js's backend, without the kernels that are to be measured. */
  readonly start: () => Promise<void>;
  /** Registers the kernels beside TF.js's own. */
  readonly register: () => void;
  /** Registers those that take the places of TF.js's own, if there are any: after these have been measured, before whole models are. */
  readonly replace?: () => void;
  /** What the backend says about itself, once it runs, e.g. {simd: 'yes', threads: '1'}. */
  readonly details?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Versions to note in the report besides Node's and TF.js's, by package. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Kernels to measure beside the registered ones of their names. */
  readonly contributed?: readonly tf.KernelConfig[];
  /**
   * How a layer is timed, on the clock; then kernels alone are measured. By default calls are timed in this process as they return, by its CPU time. A backend that answers
   * before the work is done, as those of GPUs do, wants `benchAwaitedLayer`, or, where it runs in a browser, what has a page call that.
   */
  readonly benchLayer?: BenchLayer;
  /** Images per call in the batch-norm section. Default 128; quick: 16. */
  readonly batchNormBatch?: number;
  /** Compares kernels that took the place of TF.js's own with those. */
  readonly benchReplacements?: (command: BenchCommand, tfjs: KernelsByName, progress: Progress) => ReplacementTime[];
  /** Whole models, of which the first is measured without being asked for. */
  readonly models?: {
    readonly names: readonly Model[];
    readonly bench: (
      name: Model,
      command: BenchCommand,
      progress: Progress,
    ) => readonly ModelTime[] | Promise<readonly ModelTime[]>;
  };
  readonly measureMemory?: (command: BenchCommand, progress: Progress) => ModelMemory[];
}

/**
 * A bench as a command: measures what the arguments ask for, prints tables, shows what it is at on stderr, and writes a `BenchReport`.
 *
 * @param args of the command line, e.g. `process.argv.slice(2)`
 */
export async function runBench<Model extends string>(
  program: BenchProgram<Model>,
  args: readonly string[],
): Promise<void> {
  if (args.includes('--help')) {
    console.log(`${program.title}\n\n${USAGE}`);
    return;
  }
  const command = readCommand(args, program.models?.names ?? []);
  await program.start();
  const tfjs = tfjsKernels();
  program.register();
  const environment = await benchEnvironment((await program.details?.()) ?? {}, program.versions ?? {});
  const {machine, versions, backend} = environment;
  console.log(
    `${program.title}\n${machine.processor}, ${machine.cores} cores, load ${machine.load.toFixed(1)}; ` +
      `${entries(versions)}; backend ${entries(backend)}.\n` +
      `Medians of up to ${command.rounds} interleaved rounds ${program.benchLayer === undefined ? 'of CPU time' : 'on the clock'}. Kernels: 10⁹ taps per second, and in brackets the time as a multiple of that of ` +
      "TF.js's kernel, with quartiles: below 1 is faster.",
  );

  const progress = showProgress();
  const kernels = command.parts.length === 0 ? [] : await benchLayers(program, command, tfjs, progress);
  const means = kernelMeans(kernels);
  progress.clear();
  if (means.length > 0) console.log(meansTable(means));

  const sections = program.benchLayer === undefined ? command.sections : [];
  const section = <Entry>(
    name: BenchCommand['sections'][number],
    run: () => Entry[],
    table: (entries: Entry[]) => string,
  ): Entry[] => {
    if (!sections.includes(name)) return [];
    const results = run();
    progress.clear();
    if (results.length > 0) console.log(table(results));
    return results;
  };
  const batch = command.batch ?? program.batchNormBatch ?? (command.quick ? 16 : 128);
  progress.show('batch normalisation');
  const batchNorm = section('batch-norm', () => benchBatchNorm(batch, command), batchNormTable);
  program.replace?.();
  const replacements = section(
    'replacements',
    () => program.benchReplacements?.(command, tfjs, progress.show) ?? [],
    replacementTable,
  );
  const chosenModels = program.models?.names.filter((name) => command.networks.includes(name)) ?? [];
  const modelTimes: ModelTime[] = [];
  if (sections.includes('models')) {
    for (const name of chosenModels) {
      modelTimes.push(...((await program.models?.bench(name, command, progress.show)) ?? []));
    }
  }
  const models = section('models', () => modelTimes, modelTable);
  const memory = section('memory', () => program.measureMemory?.(command, progress.show) ?? [], memoryTable);

  const report: BenchReport = {
    schema: 'addernet-bench/1',
    ...environment,
    clock: program.benchLayer === undefined ? 'cpu' : 'wall',
    ...{kernels, means, batchNorm, replacements, models, memory},
  };
  await writeWhole(command.json, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`\n${command.json}`);
}

async function benchLayers<Model extends string>(
  {contributed = [], benchLayer}: BenchProgram<Model>,
  command: BenchCommand,
  tfjs: KernelsByName,
  progress: ReturnType<typeof showProgress>,
): Promise<KernelTime[]> {
  const {batch, ...rest} = command;
  let heading = '';
  const options: KernelBenchOptions = {
    ...rest,
    ...(batch === undefined ? {} : {batch}),
    tfjs,
    contributed,
    onProgress: (done, total, what) => progress.show(`${done + 1} of ${total}: ${what}`),
    onLayer(part, layerTimes) {
      progress.clear();
      const next = layerHeading(part.title, layerTimes);
      if (next !== heading) console.log(next);
      heading = next;
      console.log(layerLine(layerTimes));
    },
  };
  const times = benchLayer === undefined ? benchKernels(options) : await benchAwaitedKernels(options, benchLayer);
  if (times.length === 0)
    throw new Error(
      `--filter=${command.filter}: no layer of ${command.shapes.map(({name}) => name).join(', ')} has it`,
    );
  return times;
}

function entries(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
