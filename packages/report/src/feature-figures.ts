// SPDX-License-Identifier: Apache-2.0
import type {FeatureMap, RunSummary} from '@addernet/plugin';
import {featureChart, shownClasses, shownPoints} from './charts/features.js';
import type {Chart} from './charts/render-svg.js';
import {formatCount, formatPercent} from './format.js';
import {dataLabel} from './provenance.js';
import {seriesOf} from './results.js';

/** The picture of one run's features. */
export interface FeatureFigure {
  readonly chart: Chart;
  readonly caption: string;
}

const FILTERS = {
  centers: ' Rings: the classes’ filters; an image is of the class whose filter is nearest in ℓ1 distance.',
  directions:
    ' Rays: the directions of the classes’ filters; an image is of the class with the largest scalar product.',
} as const;

function captionOf(run: RunSummary, features: FeatureMap, name: string): string {
  const {classNames, dimensions, method, filters} = features;
  const shown = shownClasses(features).length;
  const how =
    method === 'plain'
      ? ''
      : ` ${formatCount(dimensions)} numbers each, embedded by UMAP: near points have near features; distances between groups and the axes mean little.`;
  const some = shown < classNames.length ? ` Of ${formatCount(classNames.length)} classes ${shown} are drawn.` : '';
  const accuracy = run.final === undefined ? '' : `, ${formatPercent(run.final.top1, 1)} top-1`;
  return (
    `What the last layer of ${run.architecture} with ${name} (seed ${run.seed}${accuracy}) sees of ` +
    `${formatCount(shownPoints(features).length)} test images of ${dataLabel(run)}.` +
    `${how}${filters === undefined ? '' : FILTERS[filters.kind]}${some}`
  );
}

/** Pictures of the runs' features, in the runs' order; none where none were asked for, or none are finite. */
export function featureFigures(runs: readonly RunSummary[]): readonly FeatureFigure[] {
  const nameOf = seriesOf(runs);
  return runs.flatMap((run) => {
    const {features} = run;
    if (features === undefined) return [];
    const chart = featureChart(run, features, nameOf(run));
    return chart === undefined ? [] : [{chart, caption: captionOf(run, features, nameOf(run))}];
  });
}
