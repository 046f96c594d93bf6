// SPDX-License-Identifier: Apache-2.0
/**
 * Every kernel of this package against TF.js's own on the wasm backend, in interleaved rounds over layer shapes of networks; and whole training steps.
 *
 *     npm run bench -w @addernet/kernels-wasm [-- --shapes=resnet20,vgg-small --batch=32 --rounds=10 --parts=forward --json=ratios.json]
 */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import {rename, writeFile} from 'node:fs/promises';
import {cpus} from 'node:os';
import {parseArgs} from 'node:util';
import {register} from '../src/index.js';
import {benchBatchNorm} from './batch-norm.js';
import {MOBILENET_V2_LAYERS} from './mobilenet-v2-layers.js';
import {ODD_LAYERS} from './odd-layers.js';
import {keepOriginals} from './originals.js';
import {benchReplacements} from './replacements.js';
import {RESNET18_LAYERS} from './resnet18-layers.js';
import {layerName, type LayerShape, RESNET20_LAYERS} from './resnet20-layers.js';
import {geometricMean, median, speedUp, timeInRounds} from './rounds.js';
import {baselineName, layerCalls, type Side, SIDES} from './sides.js';
import {benchNetwork, NETWORKS} from './training-step.js';
import {VGG_SMALL_LAYERS} from './vgg-small-layers.js';

/** Layer shapes, and the batch at which a call takes long enough to be timed and short enough to be repeated. */
const SHAPES: Readonly<Record<string, {readonly layers: readonly LayerShape[]; readonly batch: number}>> = {
  resnet20: {layers: RESNET20_LAYERS, batch: 32},
  'vgg-small': {layers: VGG_SMALL_LAYERS, batch: 4},
  resnet18: {layers: RESNET18_LAYERS, batch: 2},
  'mobilenet-v2': {layers: MOBILENET_V2_LAYERS, batch: 4},
  odd: {layers: ODD_LAYERS, batch: 16},
};
const NETWORK_NAMES = Object.keys(NETWORKS).filter((name): name is keyof typeof NETWORKS => name in NETWORKS);
const PARTS = ['forward', 'input-gradient', 'filter-gradient', 'batch-norm', 'replacements', 'network'] as const;

const {values: options} = parseArgs({
  options: {
    shapes: {type: 'string', default: 'resnet20'},
    networks: {type: 'string', default: 'resnet20'},
    parts: {type: 'string', default: PARTS.join(',')},
    batch: {type: 'string'},
    rounds: {type: 'string', default: '10'},
    json: {type: 'string'},
  },
});
const shapes = chosen('shapes', options.shapes, Object.keys(SHAPES));
const networks = chosen('networks', options.networks, NETWORK_NAMES);
const parts = chosen('parts', options.parts, PARTS);
const rounds = atLeastOne('rounds', options.rounds);
const batchOption = options.batch === undefined ? undefined : atLeastOne('batch', options.batch);

tf.enableProdMode();
await tf.setBackend('wasm');
keepOriginals();
register({override: true});

interface Row {
  readonly part: string;
  readonly shapes: string;
  readonly batch: number;
  readonly layer: string;
  readonly kernel: string;
  /** Billions of taps per second. */
  readonly gigaTaps: number;
  /** This kernel's time divided by that of TF.js's kernel. */
  readonly timeRatio: number;
}

const COLUMN = 22;
const LAYER_COLUMN = 32;
const rows: Row[] = [];
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, TF.js ${tf.version_core}; medians of ${rounds} rounds of one thread's CPU ` +
    "time.\n10⁹ taps per second, and in brackets the time as a multiple of TF.js's kernel's: below 1 is faster.",
);
for (const name of shapes) {
  const {layers, batch} = SHAPES[name];
  for (const side of SIDES) {
    if (parts.includes(partOf(side))) benchSide(side, name, layers, batchOption ?? batch);
  }
}
if (parts.includes('batch-norm')) benchBatchNorm(batchOption ?? SHAPES.resnet20.batch, rounds);
if (parts.includes('replacements')) benchReplacements(rounds);
if (parts.includes('network')) {
  for (const name of networks) benchNetwork(name, batchOption, Math.min(rounds, 5));
}

if (options.json !== undefined) {
  const environment = {processor: cpus()[0]?.model, node: process.versions.node, tfjs: tf.version_core, rounds};
  const temporary = `${options.json}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify({environment, rows}, undefined, 2)}\n`);
  await rename(temporary, options.json);
}

function benchSide(side: Side, name: string, layers: readonly LayerShape[], batch: number): void {
  const titles = [...side.kernels.map(({title}) => title), `TF.js ${baselineName(side, layers[0])}`];
  console.log(`\n${side.title}, ${name}, batch ${batch}`);
  console.log(`  ${''.padEnd(LAYER_COLUMN)}${titles.map((title) => title.padStart(COLUMN)).join('')}`);
  const ratios: number[][] = side.kernels.map(() => []);
  for (const layer of layers) {
    tf.engine().startScope();
    const {calls, taps} = layerCalls(side, layer, batch);
    const times = timeInRounds(calls, rounds);
    tf.engine().endScope();

    const base = times[side.kernels.length];
    const cells = side.kernels.map(({title}, index) => {
      const gigaTaps = taps / median(times[index]) / 1e6;
      const timeRatio = 1 / speedUp(times[index], base);
      ratios[index].push(timeRatio);
      rows.push({part: partOf(side), shapes: name, batch, layer: layerName(layer), kernel: title, gigaTaps, timeRatio});
      return `${gigaTaps.toFixed(2)} (${timeRatio.toFixed(2)})`;
    });
    cells.push((taps / median(base) / 1e6).toFixed(2));
    console.log(`  ${layerName(layer).padEnd(LAYER_COLUMN)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`);
  }
  const means = ratios.map((values) => `(${geometricMean(values).toFixed(2)})`.padStart(COLUMN));
  console.log(`  ${'geometric mean'.padEnd(LAYER_COLUMN)}${means.join('')}`);
}

function partOf({part}: Side): Side['part'] {
  return part;
}

function chosen<Name extends string>(option: string, given: string, valid: readonly Name[]): Name[] {
  const names = valid.filter((name) => given.split(',').includes(name));
  if (names.length === given.split(',').length) return names;
  throw new Error(`--${option}=${given}: expected some of ${valid.join(', ')}`);
}

function atLeastOne(option: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${option}=${given}: expected an integer of at least 1`);
  return value;
}
