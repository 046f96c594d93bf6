// SPDX-License-Identifier: Apache-2.0
import type {LayerCosts, ModelCosts, RunSummary} from '@addernet/plugin';
import {imageEnergy, MEMORY_LEVELS, totalEnergy} from './accounting/energy.js';
import {compareWithLiterature, type LiteratureComparison} from './accounting/literature.js';
import {accountModel, type Form, type ModelAccount, type Precision} from './accounting/model-account.js';
import {formatFixed, formatList, formatQuantity} from './format.js';

/** A network whose costs are known. */
export interface CostedModel {
  readonly architecture: string;
  readonly operator: string;
  readonly costs: ModelCosts;
}

/** Networks of one architecture on images of one size, the baseline first. */
export interface CostedArchitecture {
  readonly architecture: string;
  readonly models: readonly CostedModel[];
  readonly literature?: LiteratureComparison;
}

/** The networks of an experiment's runs. */
export const costedRuns = (runs: readonly RunSummary[]): readonly CostedModel[] =>
  runs.flatMap(({architecture, operator, costs}) => (costs === undefined ? [] : [{architecture, operator, costs}]));

/** Kinds of layers as tables show them. */
export const KIND_WORDS = {
  operator: 'operator',
  'batch-normalization': 'batch norm',
  activation: 'activation',
  pooling: 'pooling',
  addition: 'addition',
  other: 'other',
} as const satisfies Record<LayerCosts['kind'], string>;

/** Batch sizes whose intensity is shown: a single image, and a batch that has weights in common. */
export const BATCHES = [1, 128] as const;

/** The forms that a model has. */
export const formsOf = ({costs}: CostedModel): readonly Form[] =>
  costs.fusedLayers === undefined ? ['plain'] : ['plain', 'fused'];

/** Taps and sizes tell models of one name apart: those for other images or classes. */
const modelKey = ({architecture, operator, costs}: CostedModel): string =>
  JSON.stringify([architecture, operator, costs.layers.map(({taps, outputElements}) => [taps, outputElements])]);

/** Models without repetition (seeds do not change costs), by architecture and size, operators in the order given. */
export function costedArchitectures(
  models: readonly CostedModel[],
  operators: readonly string[],
): readonly CostedArchitecture[] {
  const different = new Map(models.toReversed().map((model) => [modelKey(model), model]));
  const groups = new Map<string, CostedModel[]>();
  for (const model of [...different.values()].toReversed()) {
    const key = JSON.stringify([model.architecture, model.costs.layers.map(({outputElements}) => outputElements)]);
    groups.set(key, [...(groups.get(key) ?? []), model]);
  }
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((a, b) => operators.indexOf(a.operator) - operators.indexOf(b.operator));
    const [first] = sorted;
    if (first === undefined) return [];
    const adder = sorted.find(({operator}) => operator === 'adder');
    const literature = adder && compareWithLiterature(adder.architecture, adder.costs);
    return [{architecture: first.architecture, models: sorted, ...(literature === undefined ? {} : {literature})}];
  });
}

/** What one image costs. */
export const accountOf = (
  {costs}: CostedModel,
  form: Form = 'plain',
  batch = 1,
  precision: Precision = 'float32',
): ModelAccount => accountModel(costs, {batch, form, precision});

/** Energies of one image over the first model's: arithmetic alone, then with each memory. */
function energySentence(model: CostedModel, baseline: CostedModel): string {
  const [own, other] = [accountOf(model), accountOf(baseline)];
  const ratio = (energy: (account: ModelAccount) => number): string =>
    `${formatFixed(energy(own) / energy(other), 2)} ×`;
  const withMemory = MEMORY_LEVELS.map(
    (level) =>
      `${ratio((account) => totalEnergy(imageEnergy(account, level)))} with everything moved through ${level.title}`,
  );
  return (
    `${model.architecture}: the arithmetic of one image takes ${formatQuantity(own.computePicojoule / 1e12, 'J')} as ${model.operator} against ` +
    `${formatQuantity(other.computePicojoule / 1e12, 'J')} as ${baseline.operator} (${ratio(({computePicojoule}) => computePicojoule)}); ` +
    `charged for memory as well it is ${formatList(withMemory)}.`
  );
}

const AGREEMENT = {
  'every layer': 'the figure is reproduced by counting every layer',
  'adder layers': 'the figure is reproduced by counting the adder layers',
  neither: 'the figure is not reproduced by either count',
} as const satisfies Record<LiteratureComparison['reproducedBy'], string>;

function literatureSentence({
  architecture,
  published,
  source,
  everyLayer,
  adderLayers,
  reproducedBy,
}: LiteratureComparison): string {
  const millions = (count: number): string =>
    count >= 1e9 ? formatQuantity(count, '', 4) : formatQuantity(count, '', 5);
  return (
    `${source}, gives ${published} additions for ${architecture} as adder network. At two per tap, all layers make ` +
    `${millions(everyLayer)} and the adder layers alone ${millions(adderLayers)}: ${AGREEMENT[reproducedBy]}.`
  );
}

/** What the counts say, in words. */
export function costSentences({models, literature}: CostedArchitecture): readonly string[] {
  const [baseline, ...others] = models;
  if (baseline === undefined) return [];
  const uncounted = [...new Set(models.flatMap((model) => accountOf(model).uncounted))];
  return [
    ...others.map((model) => energySentence(model, baseline)),
    ...(literature === undefined ? [] : [literatureSentence(literature)]),
    ...(uncounted.length === 0
      ? []
      : [`${baseline.architecture}: operations of ${formatList(uncounted)} are not known and missing from the sums.`]),
  ];
}

/** How the figures are made, for below the tables. */
export const COST_METHOD =
  'Every layer counts: stem, head, biases, batch normalisation (a multiplication and an addition per element), activations, additions of ' +
  'branches, pooling. A subtraction or comparison is an addition; the adder’s magnitude is free, as in its literature. Each kernel reads its inputs and ' +
  'weights once and writes its output once, in float32; weights are read once per batch. Fused: batch normalisation, additions of branches and ReLU ' +
  'within the kernel before them, as a factor and an offset per channel. Energy is for one image alone. Op/B is the arithmetic intensity of the roofline ' +
  '(Williams et al., CACM 52(4), 2009); that bytes rather than operations come to decide is the point of Gholami et al., “AI and Memory Wall” (IEEE Micro ' +
  '44(3), 2024, arXiv 2403.14123).';

/** Where energies come from, and what the literature leaves out. */
export function energyMethod(models: readonly CostedModel[], memorySource: string): string {
  const sources = [...new Set(models.flatMap(({costs}) => costs.energySources))];
  const [{costs} = {costs: undefined}] = models;
  const table = costs?.operationEnergy;
  const figures =
    table === undefined
      ? ''
      : `float32 ${table.float32.multiplication} pJ for a multiplication and ${table.float32.addition} pJ for an addition, ` +
        `int8 ${table.int8.multiplication} and ${table.int8.addition} pJ`;
  return (
    `Arithmetic: ${figures} (${sources.join('; ')}). Memory: ${memorySource}. The papers on adder networks compare arithmetic alone; here adder layers ` +
    'are charged for memory as convolutions are. Registers, repeated reads within a kernel, instructions and leakage are not in it, and int8 sums need ' +
    'wider accumulators than the figure for an addition has.'
  );
}
