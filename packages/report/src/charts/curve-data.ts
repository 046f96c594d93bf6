// SPDX-License-Identifier: Apache-2.0
import type {EpochMetrics, RunSummary, SplitName} from '@addernet/plugin';
import {resultName, type OperatorResult, type Setting} from '../results.js';
import {statisticOf} from '../statistics.js';

export type CurveMetric = 'loss' | 'top1';

/** A point of a curve, as a row of the chart's data. */
export interface CurvePoint {
  readonly operator: string;
  /** Tells apart the lines of one operator and split. */
  readonly line: string;
  readonly split: SplitName;
  readonly epoch: number;
  /** Training time up to the epoch's end, evaluation not counted; a mean over runs where `value` is one. */
  readonly seconds: number;
  /** Loss in nats, accuracy in percent. Null where the figure is NaN or infinite: the line breaks there. */
  readonly value: number | null;
  /** One sample standard deviation below and above a mean over several runs; absent for one run. */
  readonly low?: number;
  readonly high?: number;
  /** Whether to draw a symbol: at a few epochs along the line, and wherever no line would be seen. */
  readonly symbol: boolean;
}

export interface Curves {
  /** One line for each operator and split: the run's, or the mean over its finished runs. */
  readonly main: readonly CurvePoint[];
  /** Runs that are in no mean, because they did not finish. */
  readonly others: readonly CurvePoint[];
  readonly lastEpoch: number;
}

const SPLITS: readonly SplitName[] = ['train', 'test'];
/** Symbols along a line; each epoch has one if there are no more epochs than this. */
const SYMBOLS_PER_LINE = 10;

function metricOf(epoch: EpochMetrics, metric: CurveMetric, split: SplitName): number {
  if (metric === 'loss') {
    return split === 'train' ? epoch.trainLoss : epoch.testLoss;
  }
  const fraction = split === 'train' ? epoch.trainTop1 : epoch.testTop1;
  // null, as summary.json has it for NaN, would become 0.
  return Number.isFinite(fraction) ? fraction * 100 : NaN;
}

type Value = Pick<CurvePoint, 'epoch' | 'seconds' | 'value' | 'low' | 'high'>;

function runValues({epochs}: RunSummary, metric: CurveMetric, split: SplitName): readonly Value[] {
  let seconds = 0;
  return epochs.map((metrics) => {
    const value = metricOf(metrics, metric, split);
    seconds += metrics.trainSeconds;
    return {epoch: metrics.epoch, seconds, value: Number.isFinite(value) ? value : null};
  });
}

/** Mean and spread over runs, as far as every run goes: a mean over ever fewer seeds would jump where one stops. */
function meanValues(lines: readonly (readonly Value[])[]): readonly Value[] {
  const byEpoch = new Map<number, Value[]>();
  for (const value of lines.flat()) {
    byEpoch.set(value.epoch, [...(byEpoch.get(value.epoch) ?? []), value]);
  }
  return [...byEpoch]
    .filter(([, values]) => values.length === lines.length)
    .sort(([first], [second]) => first - second)
    .map(([epoch, values]) => {
      const known = values.flatMap(({value}) => (value === null ? [] : [value]));
      const statistic = known.length === values.length ? statisticOf(known) : undefined;
      const seconds = statisticOf(values.map((value) => value.seconds))?.mean ?? NaN;
      if (statistic?.deviation === undefined) return {epoch, seconds, value: statistic?.mean ?? null};
      const {mean, deviation} = statistic;
      return {epoch, seconds, value: mean, low: mean - deviation, high: mean + deviation};
    });
}

function points(
  values: readonly Value[],
  names: Pick<CurvePoint, 'operator' | 'line' | 'split'>,
  symbols: 'along' | 'isolated',
): readonly CurvePoint[] {
  const step = Math.max(1, Math.ceil(values.length / SYMBOLS_PER_LINE));
  const isGap = (index: number) => (values[index]?.value ?? null) === null;
  return values.map((own, index) => {
    const isIsolated = isGap(index - 1) && isGap(index + 1);
    const isStop = symbols === 'along' && (index === values.length - 1 || (index + 1) % step === 0);
    return {...names, ...own, symbol: own.value !== null && (isIsolated || isStop)};
  });
}

function resultCurves(result: OperatorResult, metric: CurveMetric): Pick<Curves, 'main' | 'others'> {
  const runs = result.runs.filter(({epochs}) => epochs.length > 0);
  const operator = resultName(result);
  const averaged = result.reported.length > 0 ? result.reported : runs;
  return {
    main: SPLITS.flatMap((split) => {
      const mean = meanValues(averaged.map((run) => runValues(run, metric, split)));
      return points(mean, {operator, line: 'main', split}, 'along');
    }),
    others: SPLITS.flatMap((split) =>
      runs
        .filter((run) => !averaged.includes(run))
        .flatMap((run) => points(runValues(run, metric, split), {operator, line: run.id, split}, 'isolated')),
    ),
  };
}

/** The curves of all operators of a setting; unfinished runs' as far as they go. */
export function curvesOf({results}: Pick<Setting, 'results'>, metric: CurveMetric): Curves {
  const curves = results.map((result) => resultCurves(result, metric));
  return {
    main: curves.flatMap(({main}) => main),
    others: curves.flatMap(({others}) => others),
    lastEpoch: Math.max(0, ...results.flatMap(({runs}) => runs.flatMap(({epochs}) => epochs.map(({epoch}) => epoch)))),
  };
}
