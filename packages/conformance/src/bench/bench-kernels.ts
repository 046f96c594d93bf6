// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import {type KernelsByName, type LayerCalls, layerCalls} from './layer-calls.js';
import {type BenchPart, benchParts, type PartName} from './parts.js';
import type {KernelMean, KernelTime} from './report.js';
import {geometricMean, median, type RoundOptions, timeInRounds, timeRatio} from './rounds.js';
import {isDepthwise, layerName, type LayerShape, type ShapeSet, shapeSets} from './shapes/index.js';

/** What is measured of a layer. */
export interface LayerBenchOptions {
  /** TF.js's own kernels, as `tfjsKernels` found them before others were registered in their places. */
  readonly tfjs: KernelsByName;
  /** Kernels to measure besides the registered ones of the same names, in the same rounds: a faster form of one of them, say. */
  readonly contributed?: readonly tf.KernelConfig[];
  /** Images per call, in place of the shape sets' own. */
  readonly batch?: number;
  /** Smaller batches. */
  readonly quick?: boolean;
}

export interface KernelBenchOptions extends LayerBenchOptions, RoundOptions {
  /** Default: all. */
  readonly shapes?: readonly ShapeSet[];
  /** Default: all. */
  readonly parts?: readonly PartName[];
  /** Layers to measure: those whose set's name and own name, 'resnet20 32×32×16 → 16, 3×3', contain it. */
  readonly filter?: string;
  /** Called before each layer. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Called when a layer has been measured. */
  readonly onLayer?: (part: BenchPart, times: readonly KernelTime[]) => void;
}

/**
 * The kernels that are registered on a backend; to be called before a package's own are.
 *
 * @param backend default: the current one; another need not have been started
 */
export function tfjsKernels(backend = tf.getBackend()): KernelsByName {
  return new Map(tf.getKernelsForBackend(backend).map((kernel) => [kernel.kernelName, kernel]));
}

/** Times all kernels of all parts over layer shapes on TF.js's current backend, and TF.js's kernels with them. */
export function benchKernels(options: KernelBenchOptions): KernelTime[] {
  return layerJobs(options).flatMap(({part, set, layer, begin, end}) => {
    begin();
    return end(benchLayer(part, set, layer, options));
  });
}

/** One part of the work on one layer, and who is told of it. */
export interface LayerJob {
  readonly part: BenchPart;
  readonly set: ShapeSet;
  readonly layer: LayerShape;
  readonly begin: () => void;
  readonly end: (times: readonly KernelTime[]) => readonly KernelTime[];
}

/** What the options ask for, in the order in which it is measured. */
export function layerJobs(options: KernelBenchOptions): readonly LayerJob[] {
  const {shapes = shapeSets, filter = ''} = options;
  const parts = benchParts.filter(({name}) => options.parts?.includes(name) ?? true);
  const jobs = shapes.flatMap((set) =>
    parts.flatMap((part) =>
      set.layers
        .filter((layer) => `${set.name} ${layerName(layer)}`.includes(filter))
        .map((layer) => ({set, part, layer})),
    ),
  );
  return jobs.map(({set, part, layer}, index) => ({
    ...{part, set, layer},
    begin: () => options.onProgress?.(index, jobs.length, `${set.name} ${layerName(layer)}, ${part.name}`),
    end: (times) => {
      options.onLayer?.(part, times);
      return times;
    },
  }));
}

function benchLayer(part: BenchPart, set: ShapeSet, layer: LayerShape, options: KernelBenchOptions): KernelTime[] {
  const {calls, batch} = layerCallsOf(part, set, layer, options);
  try {
    const candidates = [...calls.kernels, calls.baseline].map(({run}) => run);
    return kernelTimes({part, set, layer, batch, calls}, timeInRounds(candidates, options));
  } finally {
    calls.dispose();
  }
}

/** To be disposed of. */
export function layerCallsOf(
  part: BenchPart,
  set: ShapeSet,
  layer: LayerShape,
  {batch: given, quick = false, tfjs, contributed = []}: LayerBenchOptions,
): {readonly calls: LayerCalls; readonly batch: number} {
  const batch = given ?? (quick ? set.quickBatch : set.batch);
  return {calls: layerCalls(part, layer, batch, tfjs, contributed), batch};
}

export interface TimedLayer {
  readonly part: BenchPart;
  readonly set: ShapeSet;
  readonly layer: LayerShape;
  readonly batch: number;
  readonly calls: Pick<LayerCalls, 'kernels' | 'baseline' | 'taps'>;
}

/** @param times of the kernels and then of the baseline, by round */
export function kernelTimes(
  {part, set, layer, batch, calls}: TimedLayer,
  times: readonly (readonly number[])[],
): KernelTime[] {
  const {kernels, baseline, taps} = calls;
  const base = times[kernels.length];
  const conv = times[kernels.findIndex(({operator}) => operator === 'conv')];
  return kernels.map(({title, operator}, index) => {
    const own = times[index];
    return {
      ...{part: part.name, shapes: set.name, layer: layerName(layer), batch, kernel: title},
      milliseconds: median(own),
      rounds: own.length,
      gigaTaps: taps / median(own) / 1e6,
      baseline: baseline.title,
      baselineMilliseconds: median(base),
      ...timeRatio(own, base),
      ...(operator === 'conv' || conv === undefined ? {} : {toConv: timeRatio(own, conv).ratio}),
    };
  });
}

/** Geometric means per part, kernel and shape set, and over all sets that are not depthwise. */
export function kernelMeans(times: readonly KernelTime[]): KernelMean[] {
  const depthwise = new Set(shapeSets.filter(isDepthwise).map(({name}) => name));
  const groups = new Map<string, KernelTime[]>();
  for (const time of times) {
    for (const shapes of depthwise.has(time.shapes) ? [time.shapes] : [time.shapes, 'all']) {
      const key = JSON.stringify([shapes, time.part, time.kernel]);
      groups.set(key, [...(groups.get(key) ?? []), {...time, shapes}]);
    }
  }
  return [...groups.values()].map((group) => {
    const [{part, shapes, kernel, baseline}] = group;
    const ratios = group.map(({ratio}) => ratio);
    const toConv = group.flatMap((time) => time.toConv ?? []);
    return {
      ...{part, shapes, kernel, baseline, layers: group.length},
      ratio: geometricMean(ratios),
      lowest: Math.min(...ratios),
      highest: Math.max(...ratios),
      ...(toConv.length === 0 ? {} : {toConv: geometricMean(toConv)}),
    };
  });
}
