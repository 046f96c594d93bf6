// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import {
  adderConv2d,
  adderDense,
  batchNormalization,
  conv2d,
  dense,
  fromModelArtifacts,
  isAdderFilter,
  SGD,
  toModelArtifacts,
} from '../src/index.js';
import {chain, normalTensor, useCpu, variableNamed, variables, weightBits} from './helpers.js';

beforeAll(useCpu);

const OURS = /^(Fused)?Adder/;

/** As in a new process: TF.js knows none of this package's classes. */
beforeEach(() => {
  const {classNameMap} = tf.serialization.SerializationMap.getMap();
  for (const name of Object.keys(classNameMap)) {
    if (OURS.test(name)) {
      delete classNameMap[name];
    }
  }
  vi.resetModules();
});

function everything(): tfl.LayersModel {
  return chain(
    [6, 6, 2],
    [
      conv2d({
        name: 'stem',
        filters: 4,
        kernelSize: 3,
        padding: [
          [0, 0],
          [1, 0],
          [0, 1],
          [0, 0],
        ],
        seed: 9,
        useBias: true,
      }),
      batchNormalization({name: 'stem_bn', scale: false}),
      adderConv2d({
        name: 'body',
        filters: 4,
        kernelSize: [3, 1],
        padding: 1,
        strides: 2,
        groups: 2,
        inputGradient: 'full-precision',
        kernelRegularizer: tfl.regularizers.l1({l1: 1e-4}),
        kernelConstraint: 'nonNeg',
      }),
      batchNormalization({name: 'body_bn', momentum: 0.5}),
      tfl.layers.flatten(),
      adderDense({name: 'fc', units: 5, filterGradient: 'sign'}),
      dense({name: 'head', units: 3}),
    ],
  );
}

function trainStep(model: tfl.LayersModel, optimizer: SGD): void {
  const x = normalTensor<tf.Rank.R4>([4, 6, 6, 2], 'save', optimizer.iterations);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), 3);
  const loss = (): tf.Scalar =>
    tf.losses.softmaxCrossEntropy(labels, model.apply(x, {training: true}) as tf.Tensor2D) as tf.Scalar;
  optimizer.minimize(loss, false, variables(model));
}

describe('a saved model', () => {
  it('comes back bit for bit, with its structure and its marks', async () => {
    const model = everything();
    trainStep(model, new SGD({learningRate: 0.1}));
    const artifacts = await toModelArtifacts(model);
    const json = JSON.parse(JSON.stringify(artifacts.modelTopology)) as tf.io.ModelArtifacts['modelTopology'];
    const back = await fromModelArtifacts({...artifacts, ...(json === undefined ? {} : {modelTopology: json})});
    expect(weightBits(back)).toEqual(weightBits(model));
    expect(back.layers.map((layer) => layer.getConfig())).toEqual(model.layers.map((layer) => layer.getConfig()));
    expect(back.layers.map((layer) => layer.getClassName())).toEqual(model.layers.map((layer) => layer.getClassName()));
    expect(isAdderFilter(variableNamed(back, 'body/kernel'))).toBe(true);
    expect(isAdderFilter(variableNamed(back, 'stem/kernel'))).toBe(false);
    const x = normalTensor<tf.Rank.R4>([2, 6, 6, 2], 'predict');
    expect((back.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
    // Constraints hold after loading too.
    trainStep(back, new SGD({learningRate: 1}));
    expect(Math.min(...variableNamed(back, 'body/kernel').dataSync())).toBeGreaterThanOrEqual(0);
  });

  it('trains on from model.json with its optimizer as if it had not been saved', async () => {
    const compile = (model: tfl.LayersModel): SGD => {
      const optimizer = new SGD({learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, localLearningRate: {eta: 0.1}});
      model.compile({optimizer, loss: 'meanSquaredError'});
      return optimizer;
    };
    const whole = everything();
    const optimizer = compile(whole);
    [1, 2].forEach(() => trainStep(whole, optimizer));
    const artifacts = await toModelArtifacts(whole, {includeOptimizer: true});
    [1, 2].forEach(() => trainStep(whole, optimizer));
    const back = await fromModelArtifacts(artifacts);
    const resumed = back.optimizer;
    expect(resumed).toBeInstanceOf(SGD);
    if (resumed instanceof SGD) {
      expect(resumed.getConfig()).toEqual(optimizer.getConfig());
      [1, 2].forEach(() => trainStep(back, resumed));
    }
    expect(weightBits(back)).toEqual(weightBits(whole));
  });

  it('needs the classes: loadLayersModel finds them once @addernet/nn/register is imported', async () => {
    const artifacts = await toModelArtifacts(everything());
    await expect(tfl.loadLayersModel(tf.io.fromMemory(artifacts))).rejects.toThrow(/Unknown layer: AddernetConv2D/);
    await import('../src/register.js');
    const back = await tfl.loadLayersModel(tf.io.fromMemory(artifacts));
    expect(back.layers.map((layer) => layer.getClassName())).toContain('AdderConv2D');
    const x = normalTensor<tf.Rank.R4>([2, 6, 6, 2], 'predict');
    expect((back.predict(x) as tf.Tensor).shape).toEqual([2, 3]);
  });

  it('says what is missing from artifacts', async () => {
    const artifacts = await toModelArtifacts(everything());
    delete artifacts.weightData;
    await expect(fromModelArtifacts(artifacts)).rejects.toThrow(/weightData missing/);
  });
});
