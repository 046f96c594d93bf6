// SPDX-License-Identifier: Apache-2.0
import type {
  FilterLayer,
  FiltersRecord,
  GradientsRecord,
  LayerRecord,
  RunSummary,
  WeightsRecord,
} from '@addernet/plugin';
import type {RecordsByRun} from './confusion.js';
import {resultName, type Setting} from './results.js';

/** A run with what was recorded of its layers. */
export interface LayeredRun {
  /** The operator's name, as in tables and charts. */
  readonly series: string;
  readonly run: RunSummary;
  readonly records: readonly LayerRecord[];
}

/** Of every result of a setting the first run with records of its layers: seeds differ little, and means over them would hide spread. */
export function layeredRuns({results}: Setting, records: RecordsByRun): readonly LayeredRun[] {
  return results.flatMap((result) => {
    const runs = result.reported.length > 0 ? result.reported : result.runs;
    const [first] = runs.flatMap((run): LayeredRun[] => {
      const layers = records.get(run.id)?.layers ?? [];
      return layers.length === 0 ? [] : [{series: resultName(result), run, records: layers}];
    });
    return first === undefined ? [] : [first];
  });
}

/** A layer's gradient, over one step or several. */
export interface LayerGradient extends FilterLayer {
  /** ‖∇‖₂, geometric means over the steps. */
  readonly norm: number;
  readonly adaptedNorm: number;
}

/** The gradients of a stretch of training. */
export interface GradientStretch {
  /** e.g. 'steps 1–5'. */
  readonly steps: string;
  readonly layers: readonly LayerGradient[];
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function stretch(records: readonly GradientsRecord[]): GradientStretch | undefined {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const of = (layer: string) =>
    records.flatMap(({layers}) => layers.filter((candidate) => candidate.layer === layer && candidate.norm > 0));
  return {
    steps: first.step === last.step ? `step ${first.step}` : `steps ${first.step}–${last.step}`,
    layers: first.layers.map(({layer, operator, shape}): LayerGradient => ({
      layer,
      ...(operator === undefined ? {} : {operator}),
      shape,
      norm: geometricMean(of(layer).map(({norm}) => norm)),
      adaptedNorm: geometricMean(of(layer).map(({adaptedNorm}) => adaptedNorm)),
    })),
  };
}

/** The steps that are recorded one by one when training begins. */
const FIRST_STEPS = 5;

/** The gradients of the first steps, and of the last recorded one. */
export function gradientsOf({records}: LayeredRun): {
  readonly first?: GradientStretch;
  readonly last?: GradientStretch;
} {
  const all = records.flatMap((record) => (record.kind === 'gradients' ? [record] : []));
  const [first, last] = [stretch(all.filter(({step}) => step <= FIRST_STEPS)), stretch(all.slice(-1))];
  return {...(first === undefined ? {} : {first}), ...(last === undefined ? {} : {last})};
}

/** The weights recorded last. */
export function lastWeights({records}: LayeredRun): WeightsRecord | undefined {
  return records.flatMap((record) => (record.kind === 'weights' ? [record] : [])).at(-1);
}

/** The first layer's filters recorded last. */
export function lastFilters({records}: LayeredRun): FiltersRecord | undefined {
  return records.flatMap((record) => (record.kind === 'filters' ? [record] : [])).at(-1);
}

/** The layers that the compared operator made; all where it made none, as in a plugin whose layers have a class of their own. */
export function ownLayers<T extends FilterLayer>(layers: readonly T[], {run}: LayeredRun): readonly T[] {
  const own = layers.filter(({operator}) => operator === run.operator);
  return own.length > 0 ? own : layers;
}

/** How the gradients of a network's own layers compare with those of the same layers in another: geometric means of ratios. */
export interface GradientRatio {
  readonly norm: number;
  readonly adaptedNorm: number;
  readonly layers: number;
}

/** Undefined where the networks have no such layer in common. */
export function gradientRatio(
  own: readonly LayerGradient[],
  baseline: readonly LayerGradient[],
  operator: string,
): GradientRatio | undefined {
  const pairs = own.flatMap((layer) => {
    const other = baseline.find((candidate) => candidate.layer === layer.layer);
    return layer.operator === operator && other !== undefined && other.norm > 0 && layer.norm > 0
      ? [{layer, other}]
      : [];
  });
  if (pairs.length === 0) return undefined;
  return {
    norm: geometricMean(pairs.map(({layer, other}) => layer.norm / other.norm)),
    adaptedNorm: geometricMean(pairs.map(({layer, other}) => layer.adaptedNorm / other.adaptedNorm)),
    layers: pairs.length,
  };
}
