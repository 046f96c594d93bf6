// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {Normalization} from '@addernet/plugin';
import {chooseBackend, loadPlugins, startBackend} from '@addernet/runner';
import {Command} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {exportWeights} from '../export-weights.js';
import {count, megabytes} from '../format.js';
import {collect, imageShape, normalization, positiveInteger} from '../options.js';
import {enableTypeScript} from '../typescript.js';
import {STATE_DICT_OPTION} from '../weight-formats.js';

interface ExportFlags {
  readonly output: string;
  readonly architecture?: string;
  readonly operator?: string;
  readonly dataset?: string;
  readonly input?: readonly [number, number, number];
  readonly classes?: number;
  readonly normalization?: Normalization;
  readonly prefix?: string;
  readonly numBatchesTracked?: number;
  readonly force?: boolean;
  readonly plugin: readonly string[];
  readonly json?: boolean;
}

async function run(weights: string, flags: ExportFlags): Promise<void> {
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, flags.plugin, process.cwd());
  // Nothing is computed: the plainest backend holds the weights.
  await startBackend(await chooseBackend(container, 'cpu'));
  const {input, plugin: _plugin, json, ...options} = flags;
  const result = await exportWeights(
    {
      ...options,
      weights: path.resolve(weights),
      output: path.resolve(flags.output),
      ...(input === undefined ? {} : {image: input}),
    },
    container,
  );
  if (json === true) {
    console.log(JSON.stringify(result));
    return;
  }
  const {output, bytes, architecture, operator, classes, tensors, values, from, metadata} = result;
  console.log(
    `${architecture} with ${operator}, ${classes} classes, from ${from}: ${count(tensors)} tensors, ${count(values)} values, ${megabytes(bytes)}`,
  );
  if (metadata['normalization'] === undefined) {
    console.log('The file does not say how inputs were normalised; --normalization writes it.');
  }
  console.log(`In Python: model.load_state_dict(safetensors.torch.load_file('${path.basename(output)}'))`);
  console.log(output);
}

const HELP = `
Names and layouts are those of the reference code: github.com/huawei-noah/AdderNet for residual networks ('layer1.0.conv1.adder',
[out, in, height, width]); layers of other networks keep their names.

Examples:
  addernet export runs/cifar10-…/cifar10-resnet20-adder-seed0 --output=resnet20.safetensors
  addernet export runs/cifar10-…/cifar10-resnet20-adder-seed0/checkpoints/best.safetensors --output=best.safetensors
  addernet export resnet20.pth --architecture=resnet20 --operator=adder --dataset=cifar10 --output=resnet20.safetensors`;

export function exportCommand(): Command {
  return new Command('export')
    .summary('write weights as .safetensors for PyTorch')
    .description("Writes a run's or a checkpoint's weights as a .safetensors file that PyTorch models load.")
    .argument('<weights>', "a run's folder, model.json or checkpoint, or a PyTorch file (.pth, .pt, .th, .safetensors)")
    .requiredOption('-o, --output <file>', 'the .safetensors file to write')
    .option(...STATE_DICT_OPTION)
    .option('--architecture <name>', 'e.g. resnet20; runs and their checkpoints say it themselves')
    .option('--operator <name>', 'e.g. adder; likewise')
    .option('--dataset <name>', 'whose images and classes the network is for; likewise')
    .option('--input <shape>', "images' shape instead, e.g. 224x224x3", imageShape)
    .option('--classes <number>', 'number of classes instead', positiveInteger)
    .option(
      '--normalization <values>',
      "written into the file: imagenet or MEAN/STD (default: the file's, else for runs the dataset's)",
      normalization,
    )
    .option('--prefix <text>', "put before all names, e.g. 'module.' for a model in DataParallel")
    .option(
      '--num-batches-tracked <steps>',
      'write this count for every batch normalisation (default: none)',
      positiveInteger,
    )
    .option('--force', 'replace the output if it is there')
    .option('--plugin <specifier>', 'load a plugin first (package name or path); repeatable', collect, [])
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action(async (weights: string, flags: ExportFlags) => run(weights, flags));
}
