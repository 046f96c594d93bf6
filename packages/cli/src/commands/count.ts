// SPDX-License-Identifier: Apache-2.0
import {countCosts} from '@addernet/nn';
import type {ModelCosts} from '@addernet/plugin';
import {
  accountModel,
  bytesOf,
  compareWithLiterature,
  formatQuantity,
  imageEnergy,
  intensityOf,
  MEMORY_ENERGY_SOURCE,
  MEMORY_LEVELS,
  rooflineSeconds,
  totalEnergy,
  type Deployment,
  type LayerAccount,
  type ModelAccount,
} from '@addernet/report';
import {chooseBackend, listBound, loadPlugins, lookup, startBackend} from '@addernet/runner';
import {Command, Option} from 'commander';
import type {Container} from 'inversify';
import {createDefaultContainer} from '../composition.js';
import {UsageError} from '../errors.js';
import {count} from '../format.js';
import {collect, imageShape, names, positiveInteger, positiveNumber} from '../options.js';
import {columnsOf, table, wrapText} from '../text.js';
import {enableTypeScript} from '../typescript.js';

interface CountFlags {
  readonly operators: readonly string[];
  readonly dataset: string;
  readonly input?: readonly [number, number, number];
  readonly classes?: number;
  readonly batch: number;
  readonly precision: 'float32' | 'int8';
  readonly layers?: boolean;
  readonly peak?: number;
  readonly bandwidth?: number;
  readonly plugin: readonly string[];
  readonly json?: boolean;
}

interface Counted {
  readonly architecture: string;
  readonly operator: string;
  readonly costs: ModelCosts;
}

/** Builds every model and counts it. Models are built on the cpu backend: nothing is computed but initial weights. */
async function countAll(architectures: readonly string[], flags: CountFlags, container: Container): Promise<Counted[]> {
  const {imageShape: shape, numClasses} = lookup(container, 'dataset', flags.dataset);
  const classes = flags.classes ?? numClasses;
  if (classes === undefined) {
    throw new UsageError(
      `count: given ${flags.dataset}, whose classes only its images tell, expected --classes=NUMBER with it`,
    );
  }
  const chosen = architectures.map((name) => lookup(container, 'architecture', name));
  const operators = flags.operators.map((name) => lookup(container, 'operator', name));
  await startBackend(await chooseBackend(container, 'cpu'));
  const known = listBound(container, 'operator');
  const counted: Counted[] = [];
  for (const architecture of chosen) {
    for (const operator of operators) {
      const model = architecture.build({
        operator,
        numClasses: classes,
        inputShape: flags.input ?? shape,
        seed: 0,
      });
      try {
        counted.push({
          architecture: architecture.name,
          operator: operator.name,
          costs: await countCosts(model, [operator, ...known]),
        });
      } finally {
        model.dispose();
      }
    }
  }
  return counted;
}

/** The forms that a model has. */
const formsOf = ({costs}: Counted): readonly Deployment['form'][] =>
  costs.fusedLayers === undefined ? ['plain'] : ['plain', 'fused'];

const deployment = (form: Deployment['form'], {batch, precision}: CountFlags): Deployment => ({form, batch, precision});

/** Under the roofs that were given; undefined where none were. */
function leastSeconds(account: ModelAccount, {peak, bandwidth}: CountFlags): number | undefined {
  return peak === undefined || bandwidth === undefined
    ? undefined
    : rooflineSeconds(account, bandwidth * 1e9, () => peak * 1e9);
}

function asJson(models: readonly Counted[], flags: CountFlags): unknown {
  return models.map((model) => {
    const {architecture, operator, costs} = model;
    const literature = operator === 'adder' ? compareWithLiterature(architecture, costs) : undefined;
    return {
      architecture,
      operator,
      ...(literature === undefined ? {} : {literature}),
      forms: formsOf(model).map((form) => {
        const account = accountModel(costs, deployment(form, flags));
        const {layers, ...total} = account;
        const seconds = leastSeconds(account, flags);
        return {
          form,
          ...total,
          operationsPerByte: intensityOf(account),
          energyPicojoule: Object.fromEntries(
            MEMORY_LEVELS.map((level) => [level.name, imageEnergy(account, level)] as const),
          ),
          ...(seconds === undefined ? {} : {rooflineSeconds: seconds}),
          ...(flags.layers === true ? {layers} : {}),
        };
      }),
    };
  });
}

/** Without spaces, so that a row of figures fits 80 columns. */
const short = (value: number, unit = ''): string => formatQuantity(value, unit).replace(/\s/u, '');

/** Operations per byte, with three digits. */
const intensity = (account: ModelAccount): string => {
  const value = intensityOf(account);
  return value.toFixed(value < 99.95 ? 1 : 0);
};

function modelTable(models: readonly Counted[], flags: CountFlags): string {
  const hasRoofs = flags.peak !== undefined && flags.bandwidth !== undefined;
  const rows = models.flatMap((model) =>
    formsOf(model).map((form) => {
      const account = accountModel(model.costs, deployment(form, flags));
      return [
        model.operator,
        form,
        short(account.multiplications),
        short(account.additions),
        short(account.weightBytes, 'B'),
        short(account.activationBytesRead + account.activationBytesWritten, 'B'),
        intensity(account),
        short(account.computePicojoule / flags.batch / 1e12, 'J'),
        ...MEMORY_LEVELS.map((level) => short(totalEnergy(imageEnergy(account, level)) / 1e12, 'J')),
        ...(hasRoofs ? [short(leastSeconds(account, flags) ?? Number.NaN, 's')] : []),
      ];
    }),
  );
  const head = ['operator', 'form', 'mult', 'add', 'weight', 'activ', 'op/B', 'arith', '+SRAM', '+DRAM'];
  return table([...head, ...(hasRoofs ? ['roof'] : [])], rows);
}

const SHORT_KINDS = {
  operator: 'operator',
  'batch-normalization': 'norm',
  activation: 'act',
  pooling: 'pool',
  addition: 'sum',
  other: 'other',
} as const satisfies Record<LayerAccount['kind'], string>;

function layerTable({costs}: Counted, flags: CountFlags): string {
  const {layers} = accountModel(costs, deployment('plain', flags));
  return table(
    ['layer', 'kind', 'mult', 'add', 'weights', 'activ', 'op/B'],
    layers.map((layer) => [
      layer.layer,
      layer.operator ?? SHORT_KINDS[layer.kind],
      layer.counted ? short(layer.multiplications) : '?',
      layer.counted ? short(layer.additions) : '?',
      short(layer.weightBytes, 'B'),
      short(bytesOf(layer) - layer.weightBytes, 'B'),
      layer.counted ? intensityOf(layer).toFixed(2) : '?',
    ]),
  );
}

function literatureLine({architecture, costs}: Counted): string | undefined {
  const compared = compareWithLiterature(architecture, costs);
  if (compared === undefined) return undefined;
  const {published, source, everyLayer, adderLayers, reproducedBy} = compared;
  const verdict = reproducedBy === 'neither' ? 'neither is that' : `the count of ${reproducedBy} reproduces it`;
  return (
    `${source}: ${published} additions. Two per tap make ${count(everyLayer)} in all layers, ${count(adderLayers)} in the adder layers; ` +
    `${verdict}.`
  );
}

function print(models: readonly Counted[], flags: CountFlags): void {
  const columns = columnsOf(process.stdout);
  const say = (text: string): void => console.log(wrapText(text, columns));
  for (const architecture of new Set(models.map((model) => model.architecture))) {
    const own = models.filter((model) => model.architecture === architecture);
    const [first] = own;
    if (first === undefined) continue;
    const {parameters, trainableParameters} = accountModel(first.costs, deployment('plain', flags));
    const images = flags.batch === 1 ? 'one image' : `a batch of ${flags.batch} images`;
    say(
      `${architecture}: ${count(trainableParameters)} trainable parameters (${count(parameters)} in all); ${images} at inference, ${flags.precision}`,
    );
    console.log(modelTable(own, flags));
    const adder = own.find(({operator}) => operator === 'adder');
    const literature = adder && literatureLine(adder);
    if (literature !== undefined) say(literature);
    const {uncounted} = accountModel(first.costs, deployment('plain', flags));
    if (uncounted.length > 0) say(`Operations of these layers are not known and missing: ${uncounted.join(', ')}.`);
    if (flags.layers === true) {
      for (const model of own) console.log(`\n${architecture} with ${model.operator}\n${layerTable(model, flags)}`);
    }
    console.log('');
  }
  say(
    'Every layer counts; comparisons and subtractions are additions. weight, activ: bytes moved when each kernel reads its inputs and weights and writes its ' +
      'output once. op/B: operations per byte. arith, +SRAM, +DRAM: energy of one image, of arithmetic alone and with all that is moved. ' +
      `Energies: ${[...new Set([...models.flatMap(({costs}) => costs.energySources), MEMORY_ENERGY_SOURCE])].join('; ')}.`,
  );
}

async function run(architectures: readonly string[], flags: CountFlags): Promise<void> {
  if ((flags.peak === undefined) !== (flags.bandwidth === undefined)) {
    throw new UsageError(
      `count: given --${flags.peak === undefined ? 'bandwidth' : 'peak'} alone, expected --peak and --bandwidth together`,
    );
  }
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, flags.plugin, process.cwd());
  const models = await countAll(architectures, flags, container);
  if (flags.json === true) console.log(JSON.stringify(asJson(models, flags), null, 2));
  else print(models, flags);
}

export function countCommand(): Command {
  return new Command('count')
    .summary('count operations, memory traffic and energy of networks')
    .description(
      'Counts what networks compute and move at inference, plain and fused, and what energy that takes; nothing is trained or measured.',
    )
    .argument('<architectures...>', 'e.g. resnet20 vgg-small (see `addernet list`)')
    .option('--operators <names>', 'operators in the place of the convolution', names, ['conv', 'adder'])
    .option('--dataset <name>', "take images' shape and classes from it", 'cifar10')
    .option('--input <shape>', "images' shape instead, e.g. 224x224x3", imageShape)
    .option('--classes <number>', 'number of classes instead', positiveInteger)
    .option('--batch <images>', 'images per forward pass, which share the reading of weights', positiveInteger, 1)
    .addOption(new Option('--precision <type>', 'arithmetic type').choices(['float32', 'int8']).default('float32'))
    .option('--layers', 'every layer, too')
    .option('--peak <Gop/s>', 'with --bandwidth: the least time under these roofs', positiveNumber)
    .option('--bandwidth <GB/s>', 'with --peak', positiveNumber)
    .option('--plugin <specifier>', 'load a plugin first (package name or path); repeatable', collect, [])
    .option('--json', 'print JSON (energies in picojoule)')
    .action(async (architectures: readonly string[], flags: CountFlags) => run(architectures, flags));
}
