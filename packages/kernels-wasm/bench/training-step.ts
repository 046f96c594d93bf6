// SPDX-License-Identifier: Apache-2.0
import {SGD} from '@addernet/nn';
import {createModel} from '@addernet/zoo';
import * as tf from '@tensorflow/tfjs-core';
import {median, timeInRounds} from './rounds.js';

const CLASSES = 100;
/** Kernels that take less of a step are left out of the table. */
const LEAST_SHARE = 0.01;

/** Networks of the zoo, the images that they see here, and the batch at which a step takes long enough to be timed. */
export const NETWORKS = {
  resnet20: {inputShape: [32, 32, 3], batch: 32},
  'vgg-small': {inputShape: [32, 32, 3], batch: 8},
  'mobilenet-v2': {inputShape: [32, 32, 3], batch: 32},
  'lenet5-bn': {inputShape: [28, 28, 1], batch: 128},
} as const satisfies Record<string, {inputShape: readonly number[]; batch: number}>;

/** A network as adder and as conv twin: training steps, inference, and which kernels a step's time goes to. */
export function benchNetwork(name: keyof typeof NETWORKS, batchGiven: number | undefined, rounds: number): void {
  const {inputShape, batch: usualBatch} = NETWORKS[name];
  const batch = batchGiven ?? usualBatch;
  const images = tf.randomNormal([batch, ...inputShape], 0, 1, 'float32', 1);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({length: batch}, (_, index) => index % CLASSES),
      'int32',
    ),
    CLASSES,
  );
  const networks = ['adder', 'conv'].map((operator) => {
    const model = createModel(name, {operator, numClasses: CLASSES, inputShape, seed: 0});
    const optimizer = new SGD({learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4});
    const step = (): void => {
      tf.tidy(() => {
        const {value, grads} = tf.variableGrads(() =>
          tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
            labels,
            singleTensor(model.apply(images, {training: true})),
          ),
        );
        optimizer.applyGradients(grads);
        value.dataSync();
      });
    };
    const inference = (): void => {
      tf.tidy(() => void singleTensor(model.predict(images, {batchSize: batch})).dataSync());
    };
    return {operator, step, inference};
  });

  console.log(`\n${name}, batch ${batch}: ms, and images per second`);
  for (const part of ['step', 'inference'] as const) {
    const times = timeInRounds(
      networks.map((network) => network[part]),
      rounds,
    );
    const cells = networks.map(({operator}, index) => {
      const time = median(times[index]);
      return `${operator} ${time.toFixed(0)} (${((1000 * batch) / time).toFixed(1)})`;
    });
    const ratio = median(times[0].map((time, round) => time / times[1][round]));
    console.log(
      `  ${part.padEnd(12)}${cells.map((cell) => cell.padStart(22)).join('')}   adder / conv ${ratio.toFixed(2)}`,
    );
  }
  for (const {operator, step} of networks) printKernels(operator, kernelTimes(step, Math.min(rounds, 3)));
}

interface KernelTime {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** CPU time of every kernel in `run`, and of what is in none ('other'), per run. */
function kernelTimes(run: () => void, rounds: number): readonly KernelTime[] {
  const spent = new Map<string, {calls: number; milliseconds: number}>();
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  const originals = kernels.map(({kernelFunc}) => kernelFunc);
  let inKernels = 0;
  for (const kernel of kernels) {
    const {kernelName, kernelFunc} = kernel;
    kernel.kernelFunc = (call) => {
      const start = cpuMilliseconds();
      const result = kernelFunc(call);
      const milliseconds = cpuMilliseconds() - start;
      const entry = spent.get(kernelName) ?? {calls: 0, milliseconds: 0};
      spent.set(kernelName, {calls: entry.calls + 1, milliseconds: entry.milliseconds + milliseconds});
      inKernels += milliseconds;
      return result;
    };
  }
  const start = cpuMilliseconds();
  try {
    for (let round = 0; round < rounds; round++) run();
  } finally {
    kernels.forEach((kernel, index) => (kernel.kernelFunc = originals[index]));
  }
  spent.set('other', {calls: 0, milliseconds: cpuMilliseconds() - start - inKernels});
  return [...spent]
    .map(([name, {calls, milliseconds}]) => ({name, calls: calls / rounds, milliseconds: milliseconds / rounds}))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function printKernels(operator: string, times: readonly KernelTime[]): void {
  const total = times.reduce((sum, {milliseconds}) => sum + milliseconds, 0);
  console.log(
    `\n  ${`A ${operator} step by kernel`.padEnd(30)}${'calls'.padStart(8)}${'ms'.padStart(10)}${'share'.padStart(9)}`,
  );
  for (const {name, calls, milliseconds} of times) {
    if (milliseconds / total < LEAST_SHARE) continue;
    const share = `${((100 * milliseconds) / total).toFixed(1)} %`;
    console.log(
      `  ${name.padEnd(30)}${(calls || '').toString().padStart(8)}${milliseconds.toFixed(1).padStart(10)}${share.padStart(9)}`,
    );
  }
}

function cpuMilliseconds(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

function singleTensor(output: unknown): tf.Tensor {
  if (output instanceof tf.Tensor) return output;
  throw new TypeError('the model gave several tensors; expected one');
}
