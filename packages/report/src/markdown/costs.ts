// SPDX-License-Identifier: Apache-2.0
import type {MachineRates} from '@addernet/plugin';
import type {RootContent} from 'mdast';
import {imageEnergy, MEMORY_ENERGY_SOURCE, MEMORY_LEVELS, totalEnergy} from '../accounting/energy.js';
import {intensityOf} from '../accounting/model-account.js';
import {ridgePoint} from '../accounting/roofline.js';
import {
  accountOf,
  BATCHES,
  COST_METHOD,
  costSentences,
  energyMethod,
  formsOf,
  type CostedArchitecture,
} from '../costed-models.js';
import {formatCount, formatFixed, formatList, formatQuantity} from '../format.js';
import {heading, list, paragraph, table, type Alignment} from './nodes.js';

const COLUMNS: readonly (readonly [string, Alignment])[] = [
  ['Architecture', 'left'],
  ['Operator', 'left'],
  ['Form', 'left'],
  ['Mult.', 'right'],
  ['Add.', 'right'],
  ['Parameters', 'right'],
  ['Weights moved', 'right'],
  ['Activations moved', 'right'],
  ...BATCHES.map((batch): [string, Alignment] => [`Op/B, batch ${batch}`, 'right']),
  ['Arithmetic', 'right'],
  ...MEMORY_LEVELS.map(({title}): [string, Alignment] => [`With ${title}`, 'right']),
];

const joules = (picojoule: number): string => formatQuantity(picojoule / 1e12, 'J');

function rows({models}: CostedArchitecture): string[][] {
  return models.flatMap((model) =>
    formsOf(model).map((form) => {
      const account = accountOf(model, form);
      return [
        model.architecture,
        model.operator,
        form,
        formatQuantity(account.multiplications, ''),
        formatQuantity(account.additions, ''),
        formatCount(account.trainableParameters),
        formatQuantity(account.weightBytes, 'B'),
        formatQuantity(account.activationBytesRead + account.activationBytesWritten, 'B'),
        ...BATCHES.map((batch) => formatFixed(intensityOf(accountOf(model, form, batch)), 1)),
        joules(account.computePicojoule),
        ...MEMORY_LEVELS.map((level) => joules(totalEnergy(imageEnergy(account, level)))),
      ];
    }),
  );
}

/** The machine's roofs in a sentence. */
export function machineSentence({peaks, bytesPerSecond, source, backend}: MachineRates): string {
  const rates = peaks.map(({operator, operationsPerSecond}) => {
    const ridge = formatFixed(ridgePoint({operationsPerSecond, bytesPerSecond}), 1);
    return `${formatQuantity(operationsPerSecond, 'op/s')} for ${operator} (ridge at ${ridge} op/B)`;
  });
  return `Roofs of the ${backend} backend: ${formatList(rates)}, ${formatQuantity(bytesPerSecond, 'B/s')}; ${source}.`;
}

/** Operations, traffic and energy of every model; nothing where no run has costs. */
export function costsContent(
  architectures: readonly CostedArchitecture[],
  machine: MachineRates | undefined,
): readonly RootContent[] {
  if (architectures.length === 0) return [];
  const models = architectures.flatMap((architecture) => architecture.models);
  const sentences = architectures.flatMap(costSentences);
  return [
    heading(2, 'Operations, memory and energy'),
    ...(sentences.length === 0 ? [] : [list(sentences)]),
    table(
      COLUMNS.map(([, align]) => align),
      [COLUMNS.map(([name]) => name), ...architectures.flatMap(rows)],
    ),
    paragraph(`What one image costs at inference, in float32. ${COST_METHOD}`),
    paragraph(energyMethod(models, MEMORY_ENERGY_SOURCE)),
    ...(machine === undefined ? [] : [paragraph(machineSentence(machine))]),
  ];
}
