// SPDX-License-Identifier: Apache-2.0
import {CounterRandom} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, expect, it} from 'vitest';
import {adderOperator, batchNormalization, convOperator, cosineSchedule, scheduleCallback, SGD} from '../src/index.js';
import {chain, useCpu} from './helpers.js';

beforeAll(useCpu);

/** Bars, horizontal or vertical, at a random place, under noise. */
function bars(count: number, stream: string): {x: tf.Tensor4D; y: tf.Tensor2D} {
  const random = new CounterRandom(1, stream);
  const labels: number[] = [];
  const pixels = new Float32Array(count * 64);
  for (let i = 0; i < count; ++i) {
    const label = random.integer(2);
    const at = random.integer(8);
    labels.push(label);
    for (let p = 0; p < 64; ++p) {
      const on = (label === 0 ? Math.floor(p / 8) : p % 8) === at;
      pixels[i * 64 + p] = (on ? 1 : 0) + 0.2 * random.normal();
    }
  }
  return {x: tf.tensor4d(pixels, [count, 8, 8, 1]), y: tf.oneHot(tf.tensor1d(labels, 'int32'), 2) as tf.Tensor2D};
}

for (const operator of [adderOperator, convOperator]) {
  it(`a tiny ${operator.name} network learns a separable problem in fit`, async () => {
    const model = chain(
      [8, 8, 1],
      [
        operator.conv2d({name: 'c1', filters: 6, kernelSize: 3, padding: 1, seed: 3}),
        batchNormalization({name: 'b1'}),
        tfl.layers.reLU(),
        operator.conv2d({name: 'c2', filters: 6, kernelSize: 3, padding: 1, strides: 2, seed: 3}),
        batchNormalization({name: 'b2'}),
        tfl.layers.reLU(),
        tfl.layers.globalAveragePooling2d({}),
        operator.dense({name: 'fc', units: 2, seed: 3}),
        batchNormalization({name: 'b3'}),
        tfl.layers.softmax(),
      ],
    );
    const optimizer = new SGD({learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4});
    model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    const train = bars(256, 'train');
    const test = bars(200, 'test');
    const epochs = 10;
    await model.fit(train.x, train.y, {
      epochs,
      batchSize: 32,
      shuffle: false,
      verbose: 0,
      callbacks: scheduleCallback(cosineSchedule({initial: 0.1, epochs}), optimizer),
    });
    const [, accuracy] = model.evaluate(test.x, test.y, {batchSize: 100}) as tf.Scalar[];
    expect(accuracy?.dataSync()[0]).toBeGreaterThan(0.95);
  });
}
