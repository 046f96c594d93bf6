// SPDX-License-Identifier: Apache-2.0
import {ArgumentError, conv2dGeometry, type Padding, ShapeError} from '@addernet/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import {beforeAll, describe, expect, it} from 'vitest';
import {
  AdderConv2D,
  adderConv2d,
  AdderDense,
  adderDense,
  BatchNormalization,
  batchNormalization,
  Conv2D,
  conv2d,
  Dense,
  dense,
  isAdderFilter,
  Normal,
  registerClasses,
} from '../src/index.js';
import {chain, expectClose, normalTensor, useCpu, variableNamed} from './helpers.js';

beforeAll(async () => {
  await useCpu();
  registerClasses();
});

describe('configs', () => {
  const padding: Padding = [
    [0, 0],
    [1, 2],
    [0, 3],
    [0, 0],
  ];
  const convConfig = {
    name: 'layer',
    filters: 4,
    kernelSize: [3, 2] as const,
    strides: [2, 1] as const,
    padding,
    dilations: [1, 2] as const,
    groups: 2,
    useBias: true,
    seed: 11,
    kernelInitializer: new Normal({stddev: 0.5, seed: 3}),
    kernelRegularizer: tfl.regularizers.l2({l2: 0.01}),
    kernelConstraint: tfl.constraints.maxNorm({maxValue: 2, axis: 0}),
    biasInitializer: 'ones',
    biasRegularizer: 'l1l2',
    biasConstraint: 'nonNeg',
    trainable: false,
  };
  const layers = {
    AdderConv2D: () => adderConv2d({...convConfig, filterGradient: 'sign', inputGradient: 'full-precision'}),
    Conv2D: () => conv2d(convConfig),
    AdderDense: () => adderDense({name: 'layer', units: 3, useBias: false, seed: 2, inputGradient: 'sign'}),
    Dense: () => dense({name: 'layer', units: 3, kernelInitializer: 'glorotUniform', kernelRegularizer: 'l1l2'}),
    BatchNormalization: () =>
      batchNormalization({name: 'layer', momentum: 0.8, epsilon: 1e-3, scale: false, betaInitializer: 'ones'}),
  };
  const classes = {AdderConv2D, Conv2D, AdderDense, Dense, BatchNormalization};

  for (const key of ['AdderConv2D', 'Conv2D', 'AdderDense', 'Dense', 'BatchNormalization'] as const) {
    it(`${key} comes back from its config, through JSON too`, () => {
      const config = layers[key]().getConfig();
      const json = JSON.parse(JSON.stringify(config)) as tf.serialization.ConfigDict;
      const cls = classes[key];
      const back = cls.fromConfig(cls as tf.serialization.SerializableConstructor<tfl.layers.Layer>, json);
      expect(back).toBeInstanceOf(cls);
      expect(back.getConfig()).toEqual(config);
    });
  }

  it('says which options are wrong, and what is valid', () => {
    const bad = {filters: 1, kernelSize: 1, stride: 2} as unknown as Parameters<typeof conv2d>[0];
    expect(() => conv2d(bad)).toThrow(/unknown option 'stride'; valid ones are .*strides/);
    expect(() => conv2d({filters: 0, kernelSize: 1})).toThrow(/filters is 0; expected an integer of at least 1/);
    expect(() => conv2d({filters: 1, kernelSize: [1, 0]})).toThrow(/kernelSize is \[1, 0\]/);
    expect(() => conv2d({filters: 1, kernelSize: 1, strides: 0})).toThrow(/strides is 0/);
    expect(() => conv2d({filters: 1, kernelSize: 1, seed: 0.5})).toThrow(/seed is 0.5; expected an integer/);
    const first = {filters: 1, kernelSize: 1, dataFormat: 'channelsFirst'} as unknown as Parameters<typeof conv2d>[0];
    expect(() => conv2d(first)).toThrow(/dataFormat is 'channelsFirst'; 'channelsLast' is the only one supported/);
    const gradient = {filters: 1, kernelSize: 1, inputGradient: 'none'} as unknown as Parameters<typeof adderConv2d>[0];
    expect(() => adderConv2d(gradient)).toThrow(
      /inputGradient is 'none'; expected one of 'hard-tanh', 'sign', 'full-precision'/,
    );
    expect(() => conv2d({filters: 1, kernelSize: 1, kernelInitializer: 'nonsense'})).toThrow(
      /unknown initializer "nonsense"/,
    );
    expect(() => dense({units: 1.5})).toThrow(ArgumentError);
  });

  it('says what is wrong with the input', () => {
    expect(() => chain([8, 8], [conv2d({name: 'c', filters: 1, kernelSize: 1})])).toThrow(
      /'c'.*\[null, 8, 8\]; expected rank 4/,
    );
    expect(() => chain([2, 2, 3], [adderConv2d({name: 'a', filters: 1, kernelSize: 5})])).toThrow(ShapeError);
    expect(() => chain([8, 8, 3], [conv2d({name: 'c', filters: 2, kernelSize: 1, groups: 2})])).toThrow(
      /groups is 2; expected a divisor of the input's 3 channels/,
    );
    expect(() => chain([8, 8, 4], [conv2d({name: 'c', filters: 3, kernelSize: 1, groups: 2})])).toThrow(
      /outChannels 3/,
    );
    expect(() => chain([8, 8, null as unknown as number], [conv2d({name: 'c', filters: 3, kernelSize: 1})])).toThrow(
      /number of channels must be known/,
    );
    expect(() => chain([2, 3], [dense({name: 'd', units: 1})])).toThrow(
      /expected rank 2, \[batch, features\] \(flatten first\)/,
    );
    const model = chain([4, 4, 3], [conv2d({filters: 1, kernelSize: 1})]);
    expect(() => model.predict(tf.zeros([1, 4, 4, 2]))).toThrow();
  });
});

describe('output shapes', () => {
  it('equal what comes out, and leave unknown sizes unknown', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({min: 3, max: 9}),
          width: fc.integer({min: 3, max: 9}),
          kernelSize: fc.integer({min: 1, max: 3}),
          strides: fc.integer({min: 1, max: 3}),
          padding: fc.constantFrom<Padding>('same', 'valid', 1, [
            [0, 0],
            [0, 1],
            [2, 0],
            [0, 0],
          ]),
        }),
        ({height, width, kernelSize, strides, padding}) => {
          const layer = adderConv2d({filters: 2, kernelSize, strides, padding});
          const g = conv2dGeometry({
            opName: 'test',
            xShape: [1, height, width, 3],
            filterShape: [kernelSize, kernelSize, 3, 2],
            strides,
            pad: padding,
          });
          expect(layer.computeOutputShape([null, height, width, 3])).toEqual([null, g.outHeight, g.outWidth, 2]);
          expect(layer.computeOutputShape([5, null, width, 3])).toEqual([5, null, g.outWidth, 2]);
          expect(layer.computeOutputShape([[null, null, null, 3]])).toEqual([null, null, null, 2]);
        },
      ),
      {numRuns: 40},
    );
  });

  it('a model of unknown height and width takes images of any size', () => {
    const input = tfl.input({shape: [null, null, 3]});
    const y = adderConv2d({filters: 2, kernelSize: 3, strides: 2, padding: 1}).apply(input) as tfl.SymbolicTensor;
    expect(y.shape).toEqual([null, null, null, 2]);
    const model = tfl.model({inputs: input, outputs: y});
    expect((model.predict(tf.zeros([1, 7, 9, 3])) as tf.Tensor).shape).toEqual([1, 4, 5, 2]);
    expect((model.predict(tf.zeros([2, 4, 4, 3])) as tf.Tensor).shape).toEqual([2, 2, 2, 2]);
  });
});

describe('weights', () => {
  it('initial ones depend on seed and names alone, not on what was made before', () => {
    const values = (name: string, seed: number): number[] => {
      const model = chain([4, 4, 2], [adderConv2d({name, filters: 2, kernelSize: 3, seed})]);
      return [...variableNamed(model, `${name}/kernel`).dataSync()];
    };
    const first = values('one', 1);
    values('other', 1);
    expect(values('one', 1)).toEqual(first);
    expect(values('one', 2)).not.toEqual(first);
    expect(values('two', 1)).not.toEqual(first);
    const biased = chain(
      [2],
      [dense({name: 'd', units: 2, kernelInitializer: new Normal(), biasInitializer: new Normal()})],
    );
    expect([...variableNamed(biased, 'd/kernel').dataSync()].slice(0, 2)).not.toEqual([
      ...variableNamed(biased, 'd/bias').dataSync(),
    ]);
  });

  it('follow the documented distributions', () => {
    const model = chain(
      [4, 4, 20],
      [
        adderConv2d({name: 'adder', filters: 40, kernelSize: 3, padding: 'same'}),
        conv2d({name: 'conv', filters: 30, kernelSize: 3, padding: 'same', useBias: true}),
        tfl.layers.flatten(),
        dense({name: 'dense', units: 50}),
        adderDense({name: 'adder_dense', units: 60}),
      ],
    );
    const moments = (name: string) => {
      const values = [...variableNamed(model, name).dataSync()];
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
      return {mean, deviation, largest: Math.max(...values.map(Math.abs)), count: values.length};
    };
    const expectMoments = (name: string, deviation: number): void => {
      const m = moments(name);
      expect(Math.abs(m.mean)).toBeLessThan((5 * deviation) / Math.sqrt(m.count));
      expect(Math.abs(m.deviation / deviation - 1)).toBeLessThan(5 / Math.sqrt(m.count));
    };
    expectMoments('adder/kernel', 1);
    expectMoments('conv/kernel', Math.sqrt(2 / (9 * 30)));
    expect(moments('conv/bias').largest).toBe(0);
    const bound = 1 / Math.sqrt(4 * 4 * 30);
    expectMoments('dense/kernel', bound / Math.sqrt(3));
    expect(moments('dense/kernel').largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(moments('dense/bias').largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(moments('dense/bias').largest).toBeGreaterThan(bound / 2);
    expectMoments('adder_dense/kernel', 1);
    expect(
      ['adder/kernel', 'conv/kernel', 'dense/kernel', 'adder_dense/kernel'].map((name) =>
        isAdderFilter(variableNamed(model, name)),
      ),
    ).toEqual([true, false, false, true]);
    expect(isAdderFilter(variableNamed(model, 'adder_dense/bias'))).toBe(false);
  });

  it('seeded initializers serve TF.js’s own layers too', () => {
    const model = chain([3], [tfl.layers.dense({units: 2, kernelInitializer: new Normal({seed: 5})})]);
    expect([...(model.getWeights()[0]?.dataSync() ?? [])]).toEqual([
      ...new Normal().sample([3, 2], {seed: 5, path: []}),
    ]);
  });

  it('are trained, frozen and regularized as TF.js does', async () => {
    const layer = conv2d({name: 'c', filters: 2, kernelSize: 1, kernelRegularizer: tfl.regularizers.l2({l2: 0.5})});
    const model = chain([2, 2, 1], [layer]);
    const kernel = [...variableNamed(model, 'c/kernel').dataSync()];
    model.compile({optimizer: 'sgd', loss: (_: tf.Tensor, y: tf.Tensor) => tf.mul(0, tf.sum(y))});
    const zeros = tf.zeros([1, 2, 2, 1]);
    const history = await model.fit(zeros, tf.zeros([1, 2, 2, 2]), {epochs: 1, verbose: 0});
    expectClose([Number(history.history['loss']?.[0])], [0.5 * kernel.reduce((sum, value) => sum + value * value, 0)]);
    layer.trainable = false;
    expect(model.trainableWeights).toHaveLength(0);
    expect(model.weights).toHaveLength(1);
  });
});

it('a shared layer and a layer called twice use one kernel', () => {
  const shared = adderConv2d({name: 'shared', filters: 2, kernelSize: 1});
  const model = chain([3, 3, 2], [shared, shared]);
  expect(model.weights).toHaveLength(1);
  const x = normalTensor<tf.Rank.R4>([1, 3, 3, 2], 'shared');
  const once = shared.apply(x) as tf.Tensor;
  expectClose((model.predict(x) as tf.Tensor).dataSync(), (shared.apply(once) as tf.Tensor).dataSync());
});
