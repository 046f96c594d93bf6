// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import type {Normalization} from '@addernet/plugin';
import {evaluateWeights, type EvaluationResult, loadPlugins, normalizationText} from '@addernet/runner';
import {Command, Option} from 'commander';
import {createDefaultContainer} from '../composition.js';
import {count, duration, finePercent, rate} from '../format.js';
import {interruptible} from '../interruptible.js';
import {collect, normalization, positiveInteger, threadCount} from '../options.js';
import {table} from '../text.js';
import {enableTypeScript} from '../typescript.js';
import {STATE_DICT_OPTION, weightFormats} from '../weight-formats.js';

interface EvaluateFlags {
  readonly architecture: string;
  readonly operator: string;
  readonly weights: string;
  readonly stateDict?: string;
  readonly dataset: string;
  readonly backend: string;
  readonly threads: number | 'auto';
  readonly data: 'auto' | 'official' | 'synthetic';
  readonly dataRoot?: string;
  readonly labels?: 'fine' | 'coarse';
  readonly allowPartial?: boolean;
  readonly imageSize?: number;
  readonly limit?: number;
  readonly normalization?: Normalization;
  readonly batchSize: number;
  readonly plugin: readonly string[];
  readonly fused?: boolean;
  readonly json?: boolean;
}

async function evaluate(flags: EvaluateFlags): Promise<void> {
  const container = createDefaultContainer();
  enableTypeScript();
  await loadPlugins(container, flags.plugin, process.cwd());
  // Everything but the result goes to stderr, so that --json can be piped.
  const quiet = flags.json === true && !process.stderr.isTTY;
  await interruptible(process.stderr, quiet, async ({listener, signal, stopProgress}) => {
    const {weights, stateDict, dataRoot, plugin: _plugin, json, ...options} = flags;
    const result = await evaluateWeights({
      ...options,
      weights: path.resolve(weights),
      container,
      formats: weightFormats(stateDict === undefined ? {} : {stateDict}),
      listener,
      signal,
      ...(dataRoot === undefined ? {} : {dataRoot: path.resolve(dataRoot)}),
    });
    stopProgress();
    console.log(json === true ? JSON.stringify(result) : resultText(result));
  });
}

function resultText(result: EvaluationResult): string {
  const lines = [`${result.data}, ${count(result.images)} test images, ${result.backend} backend, ${result.weights}`];
  if (result.trainedOn !== undefined) lines.push(`trained on ${result.trainedOn}`);
  if (result.fused !== undefined) {
    const {layers, absorbed} = result.fused;
    lines.push(`inference form: ${count(layers)} fused layers took in ${count(absorbed)} others`);
  }
  const {from, ...used} = result.normalization;
  if (from !== 'dataset') lines.push(`normalized by mean/std ${normalizationText(used)}`);
  const figures = table(
    ['architecture', 'operator', 'top-1', 'top-5', 'loss', 'images/s', 'time'],
    [
      [
        result.architecture,
        result.operator,
        finePercent(result.top1),
        finePercent(result.top5),
        result.loss.toFixed(4),
        rate(result.imagesPerSecond),
        duration(result.seconds),
      ],
    ],
  );
  return [...lines, figures].join('\n');
}

export function evaluateCommand(): Command {
  return new Command('evaluate')
    .summary("measure trained weights' accuracy on a test set")
    .description('Evaluates weights on the test split of a dataset and prints top-1, top-5 and loss.')
    .requiredOption('--architecture <name>', 'e.g. resnet20')
    .requiredOption('--operator <name>', 'e.g. adder')
    .requiredOption(
      '--weights <file>',
      "a run's folder or model.json, or a PyTorch file (.pth, .pt, .th, .safetensors)",
    )
    .option(...STATE_DICT_OPTION)
    .requiredOption('--dataset <name>', 'e.g. cifar10')
    .option('--backend <name>', 'TF.js backend', 'auto')
    .option('--threads <number>', "threads of the backend's kernels, or auto", threadCount, 'auto')
    .addOption(
      new Option('--data <source>', 'where the data may come from')
        .choices(['auto', 'official', 'synthetic'])
        .default('auto'),
    )
    .option(
      '--data-root <folder>',
      "folder of the datasets (default: $ADDERNET_DATA, else the platform's cache folder)",
    )
    .addOption(new Option('--labels <kind>', 'labels, where a dataset has both').choices(['fine', 'coarse']))
    .option('--allow-partial', 'accept a dataset of which only a part is there')
    .option(
      '--image-size <pixels>',
      'height and width of the images of an image folder (default: 224)',
      positiveInteger,
    )
    .option('--limit <images>', 'only the first images of the test split', positiveInteger)
    .option(
      '--normalization <values>',
      "imagenet or MEAN/STD, as 0.49,0.48,0.45/0.2,0.2,0.2 (default: the weights file's, else the dataset's)",
      normalization,
    )
    .option('--batch-size <images>', 'images per step', positiveInteger, 256)
    .option(
      '--fused',
      'evaluate the inference form: batch normalisation, additions and ReLU fused into the layers before',
    )
    .option('--plugin <specifier>', 'load a plugin first (package name or path); repeatable', collect, [])
    .option('--json', 'print one JSON object (accuracies as fractions)')
    .action(async (flags: EvaluateFlags) => evaluate(flags));
}
