// SPDX-License-Identifier: Apache-2.0
import type {CallTimes, InferenceSummary, ModelForm, ModelMeasurement, RelativeTime} from '@addernet/plugin';
import {formatFixed, formatList, formatSignificant} from './format.js';
import {operatorsOf, type BatchResults, type MeasuredLayer, type Place} from './inference-results.js';

const NBSP = '\u00a0';

/** Seconds in milliseconds, without the unit. */
export const milliseconds = (seconds: number): string => formatSignificant(1000 * seconds);

/** First and third quartile in milliseconds: '6.10–6.42'. */
export const quartiles = ({lower, upper}: CallTimes): string => `${milliseconds(lower)}–${milliseconds(upper)}`;

/** '0.85 (0.84–0.87)'. */
export const ratioText = ({median, lower, upper}: RelativeTime): string =>
  `${formatFixed(median, 2)} (${formatFixed(lower, 2)}–${formatFixed(upper, 2)})`;

/** e.g. 'resnet20 on wasm'; with its source where there are several. */
export const placeName = ({
  architecture,
  backend,
  source,
}: Pick<Place, 'architecture' | 'backend' | 'source'>): string =>
  `${architecture} on ${backend}${source === undefined ? '' : ` (${source})`}`;

/** 'stage1.block0.conv1 ×6': the first of the layers that are alike, and how many there are. */
export const layerName = ({measurement: {layers}}: MeasuredLayer): string =>
  `${layers[0] ?? ''}${layers.length > 1 ? ` ×${layers.length}` : ''}`;

/** e.g. 'Inference with conv and adder: resnet20 on wasm and cpu'. */
export function inferenceTitle(summary: InferenceSummary, places: readonly Place[]): string {
  const operators = operatorsOf(summary);
  if (places.length === 0) return 'Inference: nothing measured';
  const names = (key: 'architecture' | 'backend'): string =>
    formatList([...new Set(places.map((place) => place[key]))]);
  return `Inference with ${formatList(operators)}: ${names('architecture')} on ${names('backend')}`;
}

const FORM_WORDS = {plain: 'as trained', fused: 'fused'} as const satisfies Record<ModelForm, string>;

const inMilliseconds = (seconds: number): string => `${milliseconds(seconds)}${NBSP}ms`;

/** '0.85 (0.84–0.87) × the time as trained (6.10 ms against 7.20 ms)' for each form. */
function againstBaseline(own: readonly ModelMeasurement[], baseline: readonly ModelMeasurement[]): string[] {
  return own.flatMap(({form, relative, times}, index) => {
    const other = baseline.find((each) => each.form === form);
    return relative === undefined || other === undefined
      ? []
      : [
          `${ratioText(relative)}${NBSP}×${index === 0 ? ' the time' : ''} ${FORM_WORDS[form]} ` +
            `(${inMilliseconds(times.median)} against ${inMilliseconds(other.times.median)}; ${formatFixed(relative.cpuMedian, 2)}${NBSP}× in processor time)`,
        ];
  });
}

function batchSentences(place: Place, {batch, models}: BatchResults): readonly string[] {
  const measurements = models.map(({measurement}) => measurement);
  const operators = [...new Set(measurements.map(({operator}) => operator))];
  const of = (operator: string): ModelMeasurement[] => measurements.filter((each) => each.operator === operator);
  const [first, ...others] = operators;
  if (first === undefined) return [];
  const where = `${placeName(place)}, batch ${batch}`;
  const compared = others.flatMap((operator) => {
    const parts = againstBaseline(of(operator), of(first));
    return parts.length === 0 ? [] : [`against ${first}, ${operator} takes ${formatList(parts)}`];
  });
  const fused = measurements.flatMap(({operator, relativeToPlain}) =>
    relativeToPlain === undefined ? [] : [`${formatFixed(relativeToPlain.median, 2)}${NBSP}× for ${operator}`],
  );
  const parts = [
    ...(compared.length === 0
      ? [
          `${first} takes ${formatList(of(first).map(({form, times}) => `${inMilliseconds(times.median)} ${FORM_WORDS[form]}`))}`,
        ]
      : compared),
    ...(fused.length === 0 ? [] : [`fused over as trained: ${formatList(fused)}`]),
  ];
  return [`${where}: ${parts.join('; ')}.`];
}

/** What was found, a sentence for each architecture, backend and batch size. */
export const inferenceSentences = (places: readonly Place[]): readonly string[] =>
  places.flatMap((place) => place.batches.flatMap((batch) => batchSentences(place, batch)));

/** How times and ratios came about; stands under the tables. */
export const TIMES_METHOD =
  'Times of warm calls of the forward pass, the input on the backend already: median and quartiles over the samples. All networks of a row group ' +
  'took turns, and every other round ran backwards; ratios are medians (and quartiles) of ratios within a round, so that what else the machine did meets ' +
  'both sides. Processor time is that of all threads: where it is less than the time of a call on one thread, the machine was busy with something else.';

export const ROOF_METHOD =
  'The roof is the least time that the measured peak rates and bandwidth allow, one layer after the other. The peak is that of one layer of 64 filters, ' +
  'the bandwidth that of arrays which fit no cache: layers of other shapes can be faster than the peak, and those whose maps stay in a cache lie above the slope.';
