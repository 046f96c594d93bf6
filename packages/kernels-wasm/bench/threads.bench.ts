// SPDX-License-Identifier: Apache-2.0
/**
 * One thread against several: layers of ResNet-20, training steps and inference; and how little work is worth being shared. On the clock and not in CPU
 * time, so the machine should have nothing else to do: its load is printed.
 *
 *     npx nx run kernels-wasm:bench-threads [--threads=2,4] [--rounds=20] [--parts=layers,networks,threshold] [--batch=128]
 */
import {median, quantile, shapeSets, layerName} from '@addernet/conformance/bench';
import {adderConv2d, conv2d} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
// Registers TF.js's gradients.
import '@tensorflow/tfjs-layers';
import {cpus, loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import {isWasmBackend, type WasmBackend} from '../src/backend.js';
import {runKernel} from '../src/kernel-call.js';
import {kernelModule} from '../src/kernel-module.js';
import {parallelFloats} from '../src/parallel-floats.js';
import {setThreadPool, type ThreadPool, threadPoolOf} from '../src/thread-pool.js';
import {startThreadedBackend} from '../src/threads/index.js';
import {availableCores} from '../src/threads/processors.js';
import {WorkerPool} from '../src/threads/worker-pool.js';
import {makeNetwork, OPERATORS} from './networks.js';

const {values: options} = parseArgs({
  options: {
    threads: {type: 'string', default: String(Math.max(2, availableCores()))},
    rounds: {type: 'string', default: '20'},
    parts: {type: 'string', default: 'layers,networks,threshold'},
    batch: {type: 'string', default: '128'},
  },
});
const counts = options.threads.split(',').map(Number);
const rounds = Number(options.rounds);
const batch = Number(options.batch);

tf.enableProdMode();
await startThreadedBackend({threads: Math.max(...counts), override: true});
const backend = runningBackend();
/** By the number of threads; none for one. The pools' workers sleep while another's turn it is. */
const pools = new Map<number, ThreadPool | undefined>([[1, undefined]]);
for (const count of counts) {
  const {memory, kernels} = kernelModule(backend);
  pools.set(count, await WorkerPool.start(count, memory, kernels));
}
threadPoolOf(backend)?.close();

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableCores()} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.versions.node}. ` +
    `Milliseconds on the clock, medians of ${rounds} interleaved rounds; then how many times as fast as one thread, with quartiles.`,
);
if (options.parts.includes('layers')) benchLayers();
if (options.parts.includes('networks')) benchNetworks();
if (options.parts.includes('threshold')) benchThreshold();
for (const pool of pools.values()) pool?.close();

function benchLayers(): void {
  const layers = shapeSets.find(({name}) => name === 'resnet20')?.layers ?? [];
  for (const [operator, op] of [
    ['adder', adderConv2d],
    ['conv', conv2d],
  ] as const) {
    console.log(`\nForward, ${operator}, batch ${batch}`);
    const gains: number[][] = counts.map(() => []);
    for (const layer of layers) {
      const {size, inChannels, outChannels, filterSize, stride, pad} = layer;
      const x: tf.Tensor4D = tf.randomNormal([batch, size, size, inChannels], 0, 1, 'float32', 1);
      const filter: tf.Tensor4D = tf.randomNormal(
        [filterSize, filterSize, inChannels, outChannels],
        0,
        1,
        'float32',
        2,
      );
      const times = timeThreads(() => tf.dispose(op(x, filter, stride, pad)));
      printTimes(layerName(layer), times, gains);
      tf.dispose([x, filter]);
    }
    printMeans(gains);
  }
}

function benchNetworks(): void {
  console.log('\nResNet-20');
  for (const operator of OPERATORS) {
    const network = makeNetwork('resnet20', operator, batch);
    printTimes(`${operator}, training step of ${batch}`, timeThreads(network.step, Math.ceil(rounds / 2)));
    printTimes(`${operator}, inference of ${batch}`, timeThreads(network.inference, Math.ceil(rounds / 2)));
    network.dispose();
    const single = makeNetwork('resnet20', operator, 1);
    printTimes(`${operator}, inference of 1`, timeThreads(single.inference, 10 * rounds));
    single.dispose();
  }
}

/** Work of rising length, all of it shared: where sharing begins to pay. */
function benchThreshold(): void {
  console.log('\nElementwise work and small layers, shared however little it is');
  for (const pool of pools.values()) if (pool instanceof WorkerPool) pool.leastNanoseconds = 0;
  for (const floats of [2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18, 2 ** 20]) {
    const address = backend.wasm._malloc(3 * 4 * floats);
    const times = timeThreads(
      () =>
        runKernel('ReluGrad', backend, (call) =>
          parallelFloats(call, floats, (lane, offset, length) => {
            const [dy, x, dx] = [0, 1, 2].map((index) => address + 4 * index * floats + offset);
            lane.run('rangeGrad', dy, x, dx, length, 0, Infinity, 1);
          }),
        ),
      50 * rounds,
    );
    backend.wasm._free(address);
    printTimes(`ReLU gradient of ${floats} floats`, times);
  }
  for (const channels of [4, 8, 16, 32]) {
    const x: tf.Tensor4D = tf.randomNormal([1, 16, 16, channels]);
    const filter: tf.Tensor4D = tf.randomNormal([3, 3, channels, channels]);
    const times = timeThreads(() => tf.dispose(adderConv2d(x, filter, 1, 'same')), 50 * rounds);
    printTimes(`adder, 16×16, ${channels} → ${channels}, ${256 * 9 * channels * channels} taps`, times);
    tf.dispose([x, filter]);
  }
}

/** Times of a call, by number of threads (one first) and round. */
function timeThreads(run: () => void, repeats = rounds): number[][] {
  const numbers = [1, ...counts];
  const times: number[][] = numbers.map(() => []);
  const order = numbers.map((_, index) => index);
  for (let round = -3; round < repeats; round++) {
    for (const index of order) {
      setThreadPool(backend, pools.get(numbers[index]));
      const start = performance.now();
      run();
      if (round >= 0) times[index].push(performance.now() - start);
    }
    order.reverse();
  }
  return times;
}

function printTimes(title: string, [one, ...several]: readonly number[][], gains?: readonly number[][]): void {
  const cells = several.map((times, index) => {
    const ratios = times.map((time, round) => one[round] / time);
    gains?.[index].push(median(ratios));
    const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
    return `${counts[index]}: ${median(times).toFixed(3)} (${median(ratios).toFixed(2)} ×, ${low.toFixed(2)}–${high.toFixed(2)})`;
  });
  console.log(`  ${title.padEnd(44)}1: ${median(one).toFixed(3)}   ${cells.join('   ')}`);
}

function printMeans(gains: readonly number[][]): void {
  const means = gains.map((values, index) => {
    const mean = Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
    return `${counts[index]} threads ${mean.toFixed(2)} ×`;
  });
  console.log(`  geometric mean: ${means.join(', ')}`);
}

function runningBackend(): WasmBackend {
  const running: unknown = tf.backend();
  if (isWasmBackend(running)) return running;
  throw new Error("TF.js's wasm backend does not run");
}
