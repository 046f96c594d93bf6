// SPDX-License-Identifier: Apache-2.0
import type {ExperimentSummary, InferenceSummary, Reporter, RunSummary} from '@addernet/plugin';
import type {Root, RootContent} from 'mdast';
import {gfmTableToMarkdown} from 'mdast-util-gfm-table';
import {toMarkdown} from 'mdast-util-to-markdown';
import {
  ABSENT,
  accuracyDigits,
  formatCount,
  formatDuration,
  formatFixed,
  formatMillions,
  formatPercent,
  formatPercentValue,
  formatSpeed,
  formatStatistic,
  formatTime,
} from './format.js';
import {headline, leads} from './lead.js';
import {appendixContent} from './markdown/appendix.js';
import {comparisonContent} from './markdown/comparison.js';
import {costsContent} from './markdown/costs.js';
import {featuresContent} from './markdown/features.js';
import {inferenceContent, inferenceDocument} from './markdown/inference.js';
import {code, heading, list, paragraph, table, text, type Alignment} from './markdown/nodes.js';
import {costedArchitectures, costedRuns} from './costed-models.js';
import {chanceLevel, dataPhrase, provenanceWarnings} from './provenance.js';
import {
  epochsText,
  recipeTexts,
  resultName,
  resultsOf,
  seedsText,
  statusText,
  type DataGroup,
  type OperatorResult,
  type Setting,
} from './results.js';

const COLUMNS: readonly (readonly [string, Alignment])[] = [
  ['Architecture', 'left'],
  ['Backend', 'left'],
  ['Operator', 'left'],
  ['Top-1 (%)', 'right'],
  ['Top-5 (%)', 'right'],
  ['Loss (nats)', 'right'],
  ['Images/s', 'right'],
  ['Parameters', 'right'],
  ['Mult./image', 'right'],
  ['Add./image', 'right'],
  ['Epochs', 'right'],
  ['Seeds', 'right'],
  ['Status', 'left'],
];

function resultCells(result: OperatorResult, setting: Setting): readonly string[] {
  const digits = accuracyDigits(setting.data.testImages);
  const accuracy = (fraction: number) => formatPercentValue(fraction, digits);
  const [first] = result.runs;
  return [
    setting.architecture,
    setting.backend,
    resultName(result),
    formatStatistic(result.top1, accuracy),
    formatStatistic(result.top5, accuracy),
    formatStatistic(result.loss, (value) => formatFixed(value, 3)),
    formatStatistic(result.imagesPerSecond, formatSpeed),
    first ? formatCount(first.parameters) : ABSENT,
    first ? formatMillions(first.operations.multiplications) : ABSENT,
    first ? formatMillions(first.operations.additions) : ABSENT,
    epochsText(result, setting.epochsPlanned),
    seedsText(result),
    statusText(result.runs),
  ];
}

function groupContent({data, settings}: DataGroup): readonly RootContent[] {
  const chance = chanceLevel(data);
  const rows = settings.flatMap((setting) => setting.results.map((result) => resultCells(result, setting)));
  const guess = chance === undefined ? '' : `; chance top-1 ${formatPercent(chance, chance < 0.1 ? 1 : 0)}`;
  return [
    heading(3, `${dataPhrase(data)}${guess}`),
    table(
      COLUMNS.map(([, align]) => align),
      [COLUMNS.map(([name]) => name), ...rows],
    ),
  ];
}

function unfinished(runs: readonly RunSummary[]): readonly RootContent[] {
  const affected = runs.filter(({status}) => status !== 'finished');
  return affected.length === 0
    ? []
    : [
        heading(2, 'Runs that did not finish'),
        ...affected.flatMap((run): readonly RootContent[] => [
          paragraph(`${run.id}: ${run.status} after ${run.epochs.length} of ${run.epochsPlanned} epochs.`),
          ...(run.error === undefined ? [] : [code(run.error)]),
        ]),
      ];
}

function document(summary: ExperimentSummary): Root {
  const results = resultsOf(summary);
  const {runs, notes} = summary;
  const seeds = [...new Set(runs.map(({seed}) => seed))];
  const warnings = provenanceWarnings(runs);
  const recipes = recipeTexts(runs);
  return {
    type: 'root',
    children: [
      heading(1, headline(results)),
      paragraph(
        `Experiment ${summary.name}, started ${formatTime(summary.startedAt)}, ${formatDuration(summary.seconds)}; ` +
          `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${seeds.length === 0 ? '' : `; seeds ${seeds.join(', ')}`}` +
          `${recipes.length === 0 ? '' : `; ${recipes.length === 1 ? 'recipe' : 'recipes'} ${recipes.join('; ')}`}.`,
      ),
      ...warnings.map((warning): RootContent => ({
        type: 'blockquote',
        children: [{type: 'paragraph', children: [{type: 'strong', children: [text(warning)]}]}],
      })),
      ...(summary.description === '' ? [] : [paragraph(summary.description)]),
      heading(2, 'Results'),
      ...(runs.length === 0 ? [paragraph('The experiment was stopped before its first run.')] : []),
      ...leads(results).flatMap(({intro, sentences, footnote}) => [
        paragraph(intro),
        list(sentences),
        ...(footnote === undefined ? [] : [paragraph(footnote)]),
      ]),
      ...(notes.length === 0 ? [] : [paragraph('Notes:'), list(notes)]),
      ...results.groups.flatMap(groupContent),
      paragraph(
        'Figures of the last epoch on the test images, mean ± sample standard deviation where there are several seeds. Images/s is training ' +
          'speed, evaluation not counted. Operations are those of one image’s forward pass in convolution-like and fully connected layers; ' +
          'a subtraction or comparison counts as an addition.',
      ),
      ...comparisonContent(summary.parts),
      ...unfinished(runs),
      ...featuresContent(runs),
      ...inferenceContent(summary),
      ...costsContent(costedArchitectures(costedRuns(runs), results.operators), summary.machine),
      ...appendixContent(summary),
    ],
  };
}

const asText = (root: Root): string => toMarkdown(root, {bullet: '-', extensions: [gfmTableToMarkdown()]});

/** An experiment's results as Markdown: what goes into a repository's results folder, with configuration, seeds, commit and environment. */
export function renderMarkdownTable(summary: ExperimentSummary): string {
  return asText(document(summary));
}

/** The same for an experiment that measured inference: times of networks and of their layers, counts, environment and configuration. */
export function renderInferenceMarkdown(summary: InferenceSummary): string {
  return asText(inferenceDocument(summary));
}

/** Writes results.md. */
export const markdownReporter: Reporter = {
  name: 'markdown',
  fileName: 'results.md',
  render: (summary) => Promise.resolve().then(() => renderMarkdownTable(summary)),
  renderInference: (summary) => Promise.resolve().then(() => renderInferenceMarkdown(summary)),
};
