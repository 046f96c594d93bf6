// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, InferenceSummary} from '@addernet/plugin';
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
import {matchedInference, type InferenceSource} from '../matched-inference.js';
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
  const rows = places.flatMap(({architecture, backend, source, batches}) =>
    batches.flatMap(({batch, models}) =>
      models.map(({measurement: {operator, form, times, relative, relativeToPlain}, roofSeconds}) => [
        `${architecture}${source === undefined ? '' : ` (${source})`}`,
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

/** Every layer by itself; nothing where none was measured. */
function layersPart(places: readonly Place[], baseline: string, title: string): readonly RootContent[] {
  const layers = places.flatMap((place) => place.batches.flatMap((batch) => layersContent(place, batch, baseline)));
  return layers.length === 0
    ? []
    : [
        heading(2, title),
        paragraph(
          'Milliseconds of one call of one such layer, by itself; ×: how many of the network’s layers are alike.',
        ),
        ...layers,
      ];
}

function sourcesTable(sources: readonly InferenceSource[]): RootContent {
  return table(
    ['left', 'left', 'left', 'right', 'left', 'left', 'right'],
    [
      ['Folder', 'Experiment', 'Backend', 'Batches', 'Processor', 'Commit', 'Started, UTC'],
      ...sources.map(({name, experiment, backends, batches, processor, commit, startedAt}) => [
        ...[name, experiment, backends, batches, processor, commit, startedAt],
      ]),
    ],
  );
}

/** What inference takes with the networks of an experiment's runs; nothing where it was not measured. */
export function inferenceContent(summary: ExperimentSummary): readonly RootContent[] {
  const matched = matchedInference(summary);
  if (matched === undefined) return [];
  const {places, baseline, sources, remarks} = matched;
  const sentences = inferenceSentences(places);
  return [
    heading(2, 'Inference'),
    ...(sentences.length === 0 ? [paragraph('Nothing that was measured is of these runs.')] : [list(sentences)]),
    ...(remarks.length === 0 ? [] : [paragraph('To be read with the times:'), list(remarks)]),
    sourcesTable(sources),
    ...(sentences.length === 0 ? [] : [modelsTable(places, baseline), paragraph(TIMES_METHOD)]),
    ...layersPart(places, baseline, 'Inference layer by layer'),
  ];
}

/** An experiment that measured inference, as a document. */
export function inferenceDocument(summary: InferenceSummary): Root {
  const places = placesOf(summary);
  const operators = operatorsOf(summary);
  const [baseline = ''] = operators;
  const {name, description, startedAt, seconds, status, notes, machines} = summary;
  const sentences = inferenceSentences(places);
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
      ...layersPart(places, baseline, 'Layer by layer'),
      ...(machines.length === 0
        ? []
        : [paragraph(ROOF_METHOD), ...machines.map((machine) => paragraph(machineSentence(machine)))]),
      ...costsContent(costedArchitectures(summary.models, operators), undefined),
      ...appendixContent(summary),
    ],
  };
}
