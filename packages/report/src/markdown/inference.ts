// SPDX-License-Identifier: Apache-2.0
import type {InferenceSummary} from '@addernet/plugin';
import type {Root, RootContent} from 'mdast';
import {costedArchitectures, KIND_WORDS} from '../costed-models.js';
import {ABSENT, formatDuration, formatFixed, formatQuantity, formatSpeed, formatTime} from '../format.js';
import {operatorsOf, placesOf, type BatchResults, type MeasuredLayer, type Place} from '../inference-results.js';
import {
  inferenceSentences,
  inferenceTitle,
  layerName,
  milliseconds,
  placeName,
  quartiles,
  ratioText,
  ROOF_METHOD,
  TIMES_METHOD,
} from '../inference-text.js';
import {appendixContent} from './appendix.js';
import {costsContent, machineSentence} from './costs.js';
import {heading, list, paragraph, table, type Alignment} from './nodes.js';

type Columns = readonly (readonly [string, Alignment])[];

const rightFrom = (names: readonly string[], first: number): Columns =>
  names.map((name, index) => [name, index < first ? 'left' : 'right']);

function titled(columns: Columns, rows: readonly (readonly string[])[]): RootContent {
  return table(
    columns.map(([, align]) => align),
    [columns.map(([name]) => name), ...rows],
  );
}

function modelsTable(places: readonly Place[], baseline: string): RootContent {
  const columns = rightFrom(
    [
      ...['Architecture', 'Backend', 'Operator', 'Form', 'Batch', 'ms', 'Quartiles', 'Processor ms', 'Images/s'],
      ...[`Over ${baseline}`, `Over ${baseline}, processor`, 'Over plain', 'Roof ms', 'Samples'],
    ],
    4,
  );
  const rows = places.flatMap(({architecture, backend, batches}) =>
    batches.flatMap(({batch, models}) =>
      models.map(({measurement: {operator, form, times, relative, relativeToPlain}, roofSeconds}) => [
        architecture,
        backend,
        operator,
        form,
        String(batch),
        milliseconds(times.median),
        quartiles(times),
        milliseconds(times.cpuMedian),
        formatSpeed(batch / times.median),
        relative === undefined ? ABSENT : ratioText(relative),
        relative === undefined ? ABSENT : formatFixed(relative.cpuMedian, 2),
        relativeToPlain === undefined ? ABSENT : ratioText(relativeToPlain),
        roofSeconds === undefined ? ABSENT : milliseconds(roofSeconds),
        String(times.samples),
      ]),
    ),
  );
  return titled(columns, rows);
}

function layerCells(layer: MeasuredLayer): readonly string[] {
  const {
    measurement: {kind, operator, form, times, relative},
    account,
    rate,
    ofRoof,
  } = layer;
  return [
    layerName(layer),
    form,
    operator ?? KIND_WORDS[kind],
    account === undefined ? ABSENT : account.outputShape.join('×'),
    milliseconds(times.median),
    quartiles(times),
    relative === undefined ? ABSENT : ratioText(relative),
    relative === undefined ? ABSENT : formatFixed(relative.cpuMedian, 2),
    rate === undefined ? ABSENT : formatQuantity(rate, 'op/s'),
    ofRoof === undefined ? ABSENT : `${formatFixed(100 * ofRoof, 0)} %`,
  ];
}

function layersContent(place: Place, {batch, layers}: BatchResults, baseline: string): readonly RootContent[] {
  if (layers.length === 0) return [];
  const columns = rightFrom(
    [
      ...['Layer', 'Form', 'Kind', 'Output', 'ms', 'Quartiles', `Over ${baseline}`, `Over ${baseline}, processor`],
      ...['Rate', 'Of the roof'],
    ],
    3,
  );
  return [heading(3, `${placeName(place)}, batch ${batch}`), titled(columns, layers.map(layerCells))];
}

/** An experiment that measured inference, as a document. */
export function inferenceDocument(summary: InferenceSummary): Root {
  const places = placesOf(summary);
  const operators = operatorsOf(summary);
  const [baseline = ''] = operators;
  const {name, description, startedAt, seconds, status, notes, machines} = summary;
  const sentences = inferenceSentences(places);
  const layers = places.flatMap((place) => place.batches.flatMap((batch) => layersContent(place, batch, baseline)));
  return {
    type: 'root',
    children: [
      heading(1, inferenceTitle(summary, places)),
      paragraph(
        `Experiment ${name}, started ${formatTime(startedAt)}, ${formatDuration(seconds)}${status === 'finished' ? '' : `, ${status}`}.`,
      ),
      ...(description === '' ? [] : [paragraph(description)]),
      heading(2, 'Results'),
      ...(sentences.length === 0
        ? [paragraph('The experiment was stopped before its first comparison.')]
        : [list(sentences)]),
      ...(notes.length === 0 ? [] : [paragraph('Notes:'), list(notes)]),
      ...(sentences.length === 0 ? [] : [modelsTable(places, baseline), paragraph(TIMES_METHOD)]),
      ...(layers.length === 0
        ? []
        : [
            heading(2, 'Layer by layer'),
            paragraph(
              'Milliseconds of one call of one such layer, by itself; ×: how many of the network’s layers are alike.',
            ),
            ...layers,
          ]),
      ...(machines.length === 0
        ? []
        : [paragraph(ROOF_METHOD), ...machines.map((machine) => paragraph(machineSentence(machine)))]),
      ...costsContent(costedArchitectures(summary.models, operators), undefined),
      ...appendixContent(summary),
    ],
  };
}
