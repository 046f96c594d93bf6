// SPDX-License-Identifier: Apache-2.0
import type {
  Architecture,
  BackendProvider,
  LayerMeasurement,
  MachineRates,
  MeasuredModel,
  ModelMeasurement,
  Operator,
} from '@addernet/plugin';
import {startBackend} from '../backend.js';
import {InterruptedError, errorText} from '../errors.js';
import type {RunListener} from '../listener.js';
import {machineOrNote} from '../machine/measure-machine.js';
import {stopIfAborted} from '../training/pause.js';
import {layerGroups, type LayerGroup} from './layer-groups.js';
import {measureLayers, measureModels, type Measured} from './measure.js';
import {planOf, type Comparison} from './plan.js';
import {MeasuringClock} from './progress.js';
import type {InferenceConfig} from './schema.js';
import {buildSubjects, disposeSubjects, type LoadWeights, type Subject} from './subjects.js';

/** What has been measured so far; grows. */
export interface Collected {
  readonly machines: MachineRates[];
  readonly models: MeasuredModel[];
  readonly modelMeasurements: ModelMeasurement[];
  readonly layerMeasurements: LayerMeasurement[];
}

export interface MeasureAllOptions {
  readonly config: InferenceConfig;
  readonly backends: readonly BackendProvider[];
  readonly architectures: readonly Architecture[];
  readonly operators: readonly Operator[];
  /** Every bound operator. */
  readonly known: readonly Operator[];
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
  /** Gives a network its weights; without it they are the initial ones. */
  readonly loadWeights?: LoadWeights;
  /** Whether a backend's rates are measured, too. Default true. */
  readonly measureMachine?: boolean;
  readonly note: (text: string) => void;
  /** After each comparison, with what it added. */
  readonly onMeasured: (added: readonly Measured<ModelMeasurement | LayerMeasurement>[]) => Promise<void>;
}

/**
 * Makes every comparison: backends outermost, as changing one moves what is on it, then architectures, then batch sizes.
 *
 * @returns the comparisons that failed
 * @throws InterruptedError between two samples
 */
export async function measureAll(collected: Collected, options: MeasureAllOptions): Promise<readonly string[]> {
  const {config, backends, architectures, operators, known, listener, signal, note} = options;
  const build = (architecture: Architecture): Promise<Subject[]> =>
    buildSubjects(architecture, operators, known, {
      ...config,
      ...(options.loadWeights === undefined ? {} : {loadWeights: options.loadWeights}),
    });
  const plan: Comparison[] = [];
  for (const architecture of architectures) {
    stopIfAborted(signal);
    const subjects = await build(architecture);
    try {
      for (const {name} of operators) {
        const subject = subjects.find(({operator}) => operator === name);
        if (subject === undefined) continue;
        collected.models.push({architecture: architecture.name, operator: name, costs: subject.costs});
      }
      plan.push(...backends.flatMap((backend) => planOf(backend, architecture.name, subjects, config)));
    } finally {
      disposeSubjects(subjects);
    }
  }
  const ordered = backends.flatMap((backend) => plan.filter((comparison) => comparison.backend === backend));
  const compareOptions = {
    rounds: config.rounds,
    sampleSeconds: config.sampleMilliseconds / 1000,
    comparisonSeconds: config.comparisonSeconds,
    ...(signal === undefined ? {} : {signal}),
  };
  const clock = new MeasuringClock(ordered, compareOptions, listener);
  const failures: string[] = [];

  const compare = async (
    {backend, architecture, batch, group}: Comparison,
    subjects: readonly Subject[],
    groups: readonly LayerGroup[],
  ): Promise<readonly Measured<ModelMeasurement | LayerMeasurement>[]> => {
    const {height, width, channels} = config.image;
    const measureOptions = {...compareOptions, backend: backend.name, architecture, batch};
    if (group === undefined) {
      const all = await measureModels(subjects, [height, width, channels], config.classes, measureOptions);
      collected.modelMeasurements.push(...all.map(({measurement}) => measurement));
      return all;
    }
    const layers = groups[group];
    if (layers === undefined) return [];
    const all = await measureLayers(layers, measureOptions);
    collected.layerMeasurements.push(...all.map(({measurement}) => measurement));
    return all;
  };

  for (const backend of backends) {
    await startBackend(backend, config.threads);
    if (options.measureMachine ?? true) {
      const machine = await machineOrNote({operators, ...(signal === undefined ? {} : {signal})}, note);
      if (machine !== undefined) collected.machines.push(machine);
    }
    for (const architecture of architectures) {
      stopIfAborted(signal);
      const subjects = await build(architecture);
      try {
        const groups = layerGroups(subjects);
        const own = ordered.filter((each) => each.backend === backend && each.architecture === architecture.name);
        for (const comparison of own) {
          clock.begin(comparison);
          let added: readonly Measured<ModelMeasurement | LayerMeasurement>[] = [];
          try {
            added = await compare(comparison, subjects, groups);
          } catch (error) {
            if (error instanceof InterruptedError) throw error;
            failures.push(comparison.label);
            note(`${comparison.label}: not measured: ${errorText(error)}`);
          }
          await options.onMeasured(added);
          clock.end(comparison);
        }
      } finally {
        disposeSubjects(subjects);
      }
    }
  }
  return failures;
}
