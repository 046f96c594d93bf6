// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {formatList, formatSpeed, formatStatistic} from '../format.js';
import {NEUTRAL, type SeriesStyle} from '../palette.js';
import {dataPhrase} from '../provenance.js';
import {epochsText, resultName, type DataGroup, type OperatorResult, type Setting} from '../results.js';
import type {Chart} from './render-svg.js';
import {chartConfig, dataLines, wrapLines} from './theme.js';

const WIDTH = 460;
const BAR_STEP = 22;
/** Pixels of an operator's name. */
const LABEL = 260;
const SUBTITLE_CHARACTERS = 66;

/** A bar, or one of the runs whose mean it is. */
interface Bar {
  readonly kind: 'mean' | 'run';
  readonly place: string;
  readonly operator: string;
  readonly value: number;
  /** Where the text begins: right of the bar and of its runs' ticks. */
  readonly end: number;
  readonly text: string;
}

/** The setting's name among the others of the chart; backend and epochs only where they tell settings apart. */
function placeName(setting: Setting, all: readonly Setting[]): string {
  const same = all.filter(({architecture}) => architecture === setting.architecture);
  const backends = new Set(same.map(({backend}) => backend));
  const epochs = new Set(same.map(({epochsPlanned}) => epochsPlanned));
  return [
    setting.architecture,
    ...(backends.size > 1 ? [setting.backend] : []),
    ...(epochs.size > 1 ? [`${setting.epochsPlanned} epochs`] : []),
  ].join(', ');
}

function barText(result: OperatorResult, setting: Setting): string {
  const text = formatStatistic(result.imagesPerSecond, formatSpeed);
  return result.complete ? text : `${text} (after ${epochsText(result, setting.epochsPlanned)} epochs)`;
}

function barsOf(result: OperatorResult, setting: Setting, all: readonly Setting[]): readonly Bar[] {
  const mean = result.imagesPerSecond?.mean;
  if (mean === undefined || !Number.isFinite(mean)) {
    return [];
  }
  const names = {place: placeName(setting, all), operator: resultName(result)};
  const runs = result.reported.flatMap(({final}) => (final ? [final.imagesPerSecond] : []));
  return [
    {...names, kind: 'mean', value: mean, end: Math.max(mean, ...runs), text: barText(result, setting)},
    ...(runs.length > 1 ? runs.map((value): Bar => ({...names, kind: 'run', value, end: value, text: ''})) : []),
  ];
}

function throughputSpec(bars: readonly Bar[], subtitle: string[], shown: readonly SeriesStyle[]): TopLevelSpec {
  const names = shown.map(({name}) => name);
  const y = {
    field: 'operator',
    type: 'nominal',
    title: null,
    sort: names,
    axis: {ticks: false, domain: false, labelLimit: LABEL, labelPadding: 6},
  } as const;
  const x = {
    field: 'value',
    type: 'quantitative',
    title: 'Training images/s',
    axis: {tickCount: 6, domain: false, ticks: false},
  } as const;
  const color = {
    field: 'operator',
    type: 'nominal',
    scale: {domain: names, range: shown.map((style) => style.color)},
    legend: null,
  } as const;
  const isMean = [{filter: {field: 'kind', equal: 'mean'}}];
  const isRun = [{filter: {field: 'kind', equal: 'run'}}];
  const ink = NEUTRAL.ink.light;
  return {
    config: chartConfig,
    title: {text: 'Training throughput', subtitle},
    data: {values: [...bars]},
    spacing: 10,
    facet: {
      row: {
        field: 'place',
        type: 'nominal',
        title: null,
        sort: null,
        header: {labelAngle: 0, labelAlign: 'left', labelColor: ink, labelFontSize: 11, labelLimit: 160},
      },
    },
    resolve: {scale: {y: 'independent'}},
    spec: {
      width: WIDTH,
      height: {step: BAR_STEP},
      layer: [
        {transform: isMean, mark: {type: 'bar', height: {band: 0.7}}, encoding: {y, x, color}},
        {transform: isRun, mark: {type: 'tick', color: ink, thickness: 1, height: {band: 0.4}}, encoding: {y, x}},
        {
          transform: isMean,
          mark: {type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11, color: ink},
          encoding: {y, x: {...x, field: 'end'}, text: {field: 'text'}},
        },
      ],
    },
  };
}

/** Training images per second of every operator and architecture on one kind of data, as bars. Undefined when there is none to show. */
export function throughputChart({data, settings}: DataGroup, styles: readonly SeriesStyle[]): Chart | undefined {
  const bars = settings.flatMap((setting) => setting.results.flatMap((result) => barsOf(result, setting, settings)));
  const means = bars.filter(({kind}) => kind === 'mean');
  if (means.length === 0) {
    return undefined;
  }
  const backends = formatList([...new Set(settings.map(({backend}) => backend))]);
  const present = new Set(means.map(({operator}) => operator));
  const subtitle = [...dataLines(data, SUBTITLE_CHARACTERS), ...wrapLines(`${backends} backend`, SUBTITLE_CHARACTERS)];
  const figures = means.map(({place, operator, text}) => `${place} ${operator} ${text}`).join('; ');
  return {
    title: `Training throughput, ${dataPhrase(data)}`,
    description: `Bar chart of training images per second: ${figures}. ${dataPhrase(data)}. ${backends} backend.`,
    spec: throughputSpec(
      bars,
      subtitle,
      styles.filter(({name}) => present.has(name)),
    ),
  };
}
