// SPDX-License-Identifier: Apache-2.0
/**
 * Every kernel of this package against TF.js's own on the cpu backend, over ResNet-20's layer shapes, in interleaved rounds; and what they add
 * up to in a training step.
 *
 *     npm run bench -w @addernet/kernels-cpu [-- --batch=2 --rounds=10]
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {parseArgs} from 'node:util';
import {register} from '../src/index.js';
import {benchBatchNorm} from './batch-norm.js';
import {layerName, RESNET20_LAYERS} from './resnet20-layers.js';
import {geometricMean, median, speedUp, timeInRounds} from './rounds.js';
import {layerCalls, type Side, SIDES} from './sides.js';

const {values: options} = parseArgs({
  options: {batch: {type: 'string', default: '2'}, rounds: {type: 'string', default: '10'}},
});
const batch = Number(options.batch);
const rounds = Number(options.rounds);
if (!Number.isInteger(batch) || batch < 1 || !Number.isInteger(rounds) || rounds < 1) {
  throw new Error(`--batch=${options.batch} --rounds=${options.rounds}: expected integers of at least 1`);
}

tf.enableProdMode();
await tf.setBackend('cpu');
register();

const COLUMN = 17;
const stepMilliseconds = {adder: 0, conv: 0, 'TF.js conv': 0};

console.log(
  `Batch ${batch}, medians of ${rounds} rounds, CPU time of one thread. GMAC/s, and in brackets how many times as fast as TF.js.`,
);
for (const side of SIDES) benchSide(side);
benchBatchNorm(rounds);

console.log('\nConvolution-like layers of ResNet-20, forward and both gradients (the stem has no input gradient)');
for (const [name, time] of Object.entries(stepMilliseconds)) {
  console.log(`  ${name.padEnd(12)}${(time / batch).toFixed(1).padStart(8)} ms per image`);
}
console.log(`  adder / conv${(stepMilliseconds.adder / stepMilliseconds.conv).toFixed(2).padStart(8)}`);

function benchSide(side: Side): void {
  const titles = [...side.kernels.map(({title}) => title), `TF.js`];
  console.log(`\n${side.title}, against ${side.baseline}`);
  console.log(`  ${''.padEnd(24)}${titles.map((title) => title.padStart(COLUMN)).join('')}`);
  const ratios: number[][] = side.kernels.map(() => []);
  for (const layer of RESNET20_LAYERS) {
    tf.engine().startScope();
    const {calls, taps} = layerCalls(side, layer, batch);
    const times = timeInRounds(calls, rounds);
    tf.engine().endScope();

    const base = times[side.kernels.length];
    const rates = times.map((own) => (taps / median(own) / 1e6).toFixed(taps / median(own) < 1e5 ? 3 : 2));
    const cells = side.kernels.map((_, index) => {
      const ratio = speedUp(times[index], base);
      ratios[index].push(ratio);
      return `${rates[index]} (${ratio.toFixed(ratio < 10 ? 2 : 0)})`;
    });
    cells.push(rates[side.kernels.length]);
    console.log(`  ${layerName(layer).padEnd(24)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`);

    if (layer.inChannels === 3 && side.title === 'Input gradient') continue;
    side.kernels.forEach(({operator}, index) => {
      if (operator !== undefined) stepMilliseconds[operator] += layer.count * median(times[index]);
    });
    stepMilliseconds['TF.js conv'] += layer.count * median(base);
  }
  const means = ratios.map((values) => `(${geometricMean(values).toFixed(2)})`.padStart(COLUMN));
  console.log(`  ${'geometric mean'.padEnd(24)}${means.join('')}`);
}
