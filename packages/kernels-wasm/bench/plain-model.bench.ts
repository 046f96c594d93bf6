// SPDX-License-Identifier: Apache-2.0
/**
 * A training step of plain models of tf.layers on wasm: with the kernels that TF.js lacks alone, and with this package's in the place of TF.js's.
 *
 *     npx tsx --conditions=@addernet/source bench/plain-model.bench.ts
 */
import {cpuMilliseconds, median} from '@addernet/conformance/bench';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {register} from '../src/index.js';

const BATCH = 32;
const CLASSES = 10;
const WARM_UP_STEPS = 3;
const STEPS = 9;
const {layers} = tfl;

/** Three stages of two 3 × 3 layers and max pooling, and two dense layers, on 32 × 32 × 3 images. */
function vggLike(batchNormalization: boolean): tfl.LayersModel {
  const model = tfl.sequential({layers: [layers.inputLayer({inputShape: [32, 32, 3]})]});
  for (const filters of [16, 32, 64]) {
    for (let layer = 0; layer < 2; layer++) {
      model.add(layers.conv2d({filters, kernelSize: 3, padding: 'same'}));
      if (batchNormalization) model.add(layers.batchNormalization({}));
      model.add(layers.reLU({}));
    }
    model.add(layers.maxPooling2d({poolSize: 2}));
  }
  model.add(layers.flatten());
  model.add(layers.dense({units: 128, activation: 'relu'}));
  model.add(layers.dense({units: CLASSES, activation: 'softmax'}));
  return model;
}

/** Depthwise and pointwise layers with batch normalisation and ReLU6, as in MobileNet. */
function mobileLike(): tfl.LayersModel {
  const model = tfl.sequential({layers: [layers.inputLayer({inputShape: [32, 32, 3]})]});
  model.add(layers.conv2d({filters: 32, kernelSize: 3, padding: 'same', useBias: false}));
  for (const [filters, strides] of [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
  ] as const) {
    model.add(layers.depthwiseConv2d({kernelSize: 3, strides, padding: 'same', useBias: false}));
    model.add(layers.batchNormalization({}));
    model.add(layers.reLU({maxValue: 6}));
    model.add(layers.conv2d({filters, kernelSize: 1, useBias: false}));
    model.add(layers.batchNormalization({}));
    model.add(layers.reLU({maxValue: 6}));
  }
  model.add(layers.globalAveragePooling2d({}));
  model.add(layers.dense({units: CLASSES, activation: 'softmax'}));
  return model;
}

tf.enableProdMode();
await tf.setBackend('wasm');
register();
const models = {
  'VGG-like': vggLike(false),
  'VGG-like with batch normalisation': vggLike(true),
  'MobileNet-like': mobileLike(),
};
const images = tf.randomNormal([BATCH, 32, 32, 3]);
const labels = tf.cast(
  tf.oneHot(
    tf.tensor1d(
      Array.from({length: BATCH}, (_, index) => index % CLASSES),
      'int32',
    ),
    CLASSES,
  ),
  'float32',
);
for (const model of Object.values(models)) {
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
}

/** CPU milliseconds of a step of every model. */
async function stepTimes(): Promise<number[]> {
  const times = [];
  for (const model of Object.values(models)) {
    const steps = [];
    for (let step = 0; step < WARM_UP_STEPS + STEPS; step++) {
      const start = cpuMilliseconds();
      await model.trainOnBatch(images, labels);
      if (step >= WARM_UP_STEPS) steps.push(cpuMilliseconds() - start);
    }
    times.push(median(steps));
  }
  return times;
}

const before = await stepTimes();
register({override: true});
const after = await stepTimes();
console.log(
  `A training step of ${BATCH} images, ms: with register(), with register({override: true}), and their ratio`,
);
Object.keys(models).forEach((name, index) => {
  const cells = [before[index].toFixed(0), after[index].toFixed(0), (before[index] / after[index]).toFixed(2)];
  console.log(`  ${name.padEnd(36)}${cells.map((cell) => cell.padStart(8)).join('')}`);
});
