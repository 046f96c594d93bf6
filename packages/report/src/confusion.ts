// SPDX-License-Identifier: Apache-2.0
import type {ClassGroup, EvaluationRecord, RunRecords, RunSummary} from '@addernet/plugin';
import {resultName, type OperatorResult, type Setting} from './results.js';

/** What runs recorded, by run id. */
export type RecordsByRun = ReadonlyMap<string, RunRecords>;

/** A run with its evaluation. */
export interface EvaluatedRun {
  readonly run: RunSummary;
  readonly evaluation: EvaluationRecord;
}

/** How often which class was taken for which, over one run or the runs of several seeds. */
export interface Confusion {
  /** The operator's name, as in tables and charts. */
  readonly series: string;
  readonly runs: number;
  readonly classNames: readonly string[];
  readonly classGroups?: readonly ClassGroup[];
  /** [classes, classes] images: row by true class, column by predicted one; sums over the runs. */
  readonly counts: readonly (readonly number[])[];
  /** Images of each class, over the runs. */
  readonly totals: readonly number[];
}

/** The runs of a result that figures are of, as far as their evaluations are there and of the same epoch as the figures. */
export function evaluatedRuns({reported}: OperatorResult, records: RecordsByRun): readonly EvaluatedRun[] {
  return reported.flatMap((run) => {
    const evaluation = records.get(run.id)?.evaluation;
    return evaluation !== undefined && evaluation.epoch === run.epochs.at(-1)?.epoch ? [{run, evaluation}] : [];
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Undefined where no run recorded a matrix, or the runs do not have the same classes. */
export function confusionOf(result: OperatorResult, records: RecordsByRun): Confusion | undefined {
  const evaluations = evaluatedRuns(result, records).flatMap(({evaluation}) =>
    evaluation.confusion ? [evaluation] : [],
  );
  const [first] = evaluations;
  if (first === undefined) return undefined;
  const {classNames, classGroups} = first;
  const classes = classNames.length;
  if (evaluations.some((other) => other.classNames.join('\n') !== classNames.join('\n'))) return undefined;
  const counts = classNames.map(() => new Array<number>(classes).fill(0));
  for (const [label, predicted, images] of evaluations.flatMap(({confusion = []}) => confusion)) {
    const row = counts[label];
    // What names no class is in no matrix; the file may have been altered.
    if (row !== undefined && predicted < classes) row[predicted] = (row[predicted] ?? 0) + images;
  }
  return {
    series: resultName(result),
    runs: evaluations.length,
    classNames,
    ...(classGroups === undefined ? {} : {classGroups}),
    counts,
    totals: counts.map(sumOf),
  };
}

/** A setting's confusions, in the order of its results. */
export function confusionsOf({results}: Setting, records: RecordsByRun): readonly Confusion[] {
  return results.flatMap((result) => confusionOf(result, records) ?? []);
}

/** The same by group of classes; undefined where the classes have none. */
export function groupConfusion(confusion: Confusion): Confusion | undefined {
  const {classGroups, counts} = confusion;
  if (classGroups === undefined || classGroups.length < 2) return undefined;
  const grouped = classGroups.map((own) =>
    classGroups.map((other) =>
      sumOf(own.classes.flatMap((label) => other.classes.map((predicted) => counts[label]?.[predicted] ?? 0))),
    ),
  );
  const {classGroups: _groups, ...rest} = confusion;
  return {...rest, classNames: classGroups.map(({name}) => name), counts: grouped, totals: grouped.map(sumOf)};
}

/** Share of a class's images that were taken for another; 0 where there are none. */
export function shareOf({counts, totals}: Confusion, label: number, predicted: number): number {
  const total = totals[label] ?? 0;
  return total > 0 ? (counts[label]?.[predicted] ?? 0) / total : 0;
}

/** A class that was taken for another. */
export interface ConfusedPair {
  readonly label: number;
  readonly predicted: number;
  /** By series; 0 where it was never taken for it. */
  readonly shares: readonly number[];
  /** Mean of the shares. */
  readonly mean: number;
}

/** The pairs of different classes with the highest mean share over the confusions, which must be of the same classes. */
export function mostConfused(confusions: readonly Confusion[], limit: number): readonly ConfusedPair[] {
  const [first] = confusions;
  if (first === undefined) return [];
  const pairs = first.classNames.flatMap((_, label) =>
    first.classNames.flatMap((__, predicted) => {
      if (label === predicted) return [];
      const shares = confusions.map((confusion) => shareOf(confusion, label, predicted));
      const mean = sumOf(shares) / shares.length;
      return mean > 0 ? [{label, predicted, shares, mean}] : [];
    }),
  );
  return pairs.toSorted((a, b) => b.mean - a.mean || a.label - b.label || a.predicted - b.predicted).slice(0, limit);
}

/** The classes in the order of their groups, ungrouped ones last; in their own order where there are no groups. */
export function classOrder({classNames, classGroups = []}: Confusion): readonly number[] {
  const all = classNames.map((_, index) => index);
  const grouped = [...new Set(classGroups.flatMap(({classes}) => classes))].filter((index) => index < all.length);
  return [...grouped, ...all.filter((index) => !grouped.includes(index))];
}

/** 'aquarium_fish' as people write it. */
export function className(name: string | undefined): string {
  return (name ?? '').replaceAll('_', ' ');
}
